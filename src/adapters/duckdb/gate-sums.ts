import type { DuckDBConnection } from '@duckdb/node-api';
import type { ErrorClass } from '../../domain/error-class.ts';
import type { QuantileCell, RatioCell } from '../../domain/experiment/evidence.ts';
import type { GateEvidence } from '../../domain/rollout/gate-evidence.ts';
import type { Gate } from '../../domain/rollout/plan.ts';
import { quantileEstimate, quantileRank, quantileRanks } from '../../domain/stats/quantile.ts';
import type { GateSums, GateSumsQuery } from '../../ports/event-store.ts';
import { type Row, rowsOf } from './database.ts';
import { beyondHardLimit, type Measure, measureOf } from './gate-measures.ts';
import { type Counted, requestsSql, sessionsSql } from './gate-rows.ts';
import type { Words } from './words.ts';

interface Asking {
  readonly connection: DuckDBConnection;
  readonly words: Words;
  readonly query: GateSumsQuery;
}
type Groups = { readonly candidate: Row | undefined; readonly control: Row | undefined };

/** Counts an epoch of a rollout for its gates: sums over users, and values at ranks. */
export async function gateSums(
  connection: DuckDBConnection,
  words: Words,
  query: GateSumsQuery,
): Promise<GateSums> {
  const asking = { connection, words, query };
  const measures = query.gates.map((gate) => measureOf(gate, words));
  const ratios = {
    requests: await ratioSums(asking, requestsSql(query, words), countedOf(measures, 'requests')),
    sessions: await ratioSums(asking, sessionsSql(query, words), countedOf(measures, 'sessions')),
  };
  const gates: (GateEvidence | null)[] = [];
  for (const [i, gate] of query.gates.entries()) {
    const measure = measures[i] ?? null;
    if (measure === null) gates.push(null);
    else if (measure.kind === 'quantile') gates.push(await quantiles(asking, measure));
    else {
      const sums = measure.kind === 'ratio' && measure.of === 'sessions' ? ratios.sessions : ratios.requests;
      const cells = { candidate: cellOf(sums.candidate, i), control: cellOf(sums.control, i) };
      gates.push(await ratioEvidence(asking, { gate, measure, cells }));
    }
  }
  return { gates, ...(await users(asking)) };
}

/** By place among the gates; sums of gates that are counted elsewhere are left out. */
function countedOf(
  measures: readonly (Measure | null)[],
  table: 'requests' | 'sessions',
): Map<number, Counted> {
  const found = new Map<number, Counted>();
  for (const [i, measure] of measures.entries()) {
    if (measure === null || measure.kind === 'quantile') continue;
    const of = measure.kind === 'slowness' ? 'requests' : measure.of;
    if (of === table) found.set(i, measure.counted);
  }
  return found;
}

async function ratioSums(
  { connection }: Asking,
  own: string,
  counted: ReadonlyMap<number, Counted>,
): Promise<Groups> {
  if (counted.size === 0) return { candidate: undefined, control: undefined };
  const list = (each: (i: number, one: Counted) => string) =>
    Array.from(counted, ([i, one]) => each(i, one)).join(', ');
  const byUser = list((i, { m, d }) => `sum(${m})::DOUBLE AS m${i}, sum(${d})::DOUBLE AS d${i}`);
  const sums = list((i) => {
    const having = `FILTER (d${i} > 0)`;
    return `count(*) ${having} AS n${i}, count(*) FILTER (d${i} > 0 AND m${i} > 0) AS events${i},
      sum(m${i}) ${having} AS m${i}, sum(m${i} * m${i}) ${having} AS mm${i},
      sum(d${i}) ${having} AS d${i}, sum(d${i} * d${i}) ${having} AS dd${i}, sum(m${i} * d${i}) ${having} AS md${i}`;
  });
  return groupsOf(
    await rowsOf(
      connection,
      `${own}, by_user AS (SELECT is_candidate, user_key, ${byUser} FROM own GROUP BY ALL)
       SELECT is_candidate, ${sums} FROM by_user GROUP BY is_candidate`,
    ),
  );
}

function groupsOf(rows: readonly Row[]): Groups {
  const of = (isCandidate: boolean) => rows.find((row) => row.is_candidate === isCandidate);
  return { candidate: of(true), control: of(false) };
}

function cellOf(row: Row | undefined, i: number): RatioCell {
  const sum = (name: string) => Number(row?.[`${name}${i}`] ?? 0);
  return {
    sums: {
      type: 'ratio',
      n: sum('n'),
      mSum: sum('m'),
      mSumSquares: sum('mm'),
      dSum: sum('d'),
      dSumSquares: sum('dd'),
      mdSum: sum('md'),
    },
    usersWithEvent: sum('events'),
  };
}

async function ratioEvidence(
  asking: Asking,
  counted: {
    readonly gate: Gate;
    readonly measure: Exclude<Measure, { readonly kind: 'quantile' }>;
    readonly cells: Readonly<Record<keyof Groups, RatioCell>>;
  },
): Promise<GateEvidence> {
  const { gate, measure, cells } = counted;
  const slow = measure.kind === 'slowness' ? await slowness(asking, gate, measure) : null;
  return {
    kind: 'ratio',
    candidate: cells.candidate,
    control: gate.isVsStable ? cells.control : null,
    beyondHardLimit: slow?.beyond ?? null,
    shownMs: slow?.shownMs ?? null,
    errors: gate.metric === 'error_count' ? await errorsByClass(asking) : null,
  };
}

async function slowness(
  { connection, query, words }: Asking,
  gate: Gate,
  measure: Extract<Measure, { readonly kind: 'slowness' }>,
): Promise<{ readonly beyond: number | null; readonly shownMs: number | null }> {
  const beyond = beyondHardLimit(gate, measure);
  const [row] = await rowsOf(
    connection,
    `${requestsSql(query, words)}
     SELECT quantile_disc(${measure.value}, ${measure.p}) AS shown, ${beyond ?? 'NULL'} AS beyond
     FROM own WHERE is_candidate AND (${measure.value}) IS NOT NULL`,
  );
  const shown = row?.shown;
  return {
    beyond: beyond === null ? null : Number(row?.beyond ?? 0),
    shownMs: typeof shown === 'number' && Number.isFinite(shown) ? shown : null,
  };
}

async function errorsByClass({ connection, query, words }: Asking) {
  const rows = await rowsOf(
    connection,
    `${requestsSql(query, words)}
     SELECT class, count(*) AS n FROM own WHERE is_candidate AND is_failed AND class IS NOT NULL GROUP BY class`,
  );
  const errors: Partial<Record<ErrorClass, number>> = {};
  for (const { class: word, n } of rows) errors[words.wordOf(word) as ErrorClass] = Number(n);
  return errors;
}

async function quantiles(
  asking: Asking,
  measure: Extract<Measure, { readonly kind: 'quantile' }>,
): Promise<GateEvidence> {
  return {
    kind: 'quantile',
    candidate: await quantileCell(asking, measure, true),
    control: await quantileCell(asking, measure, false),
  };
}

/** Its value, then the users' sums around that value, then the values at the ranks that those give. */
async function quantileCell(
  { connection, query, words }: Asking,
  { value, p }: { readonly value: string; readonly p: number },
  isCandidate: boolean,
): Promise<QuantileCell> {
  const values = `${requestsSql(query, words)}, value AS (
    SELECT user_key, ${value} AS v FROM own WHERE is_candidate = ${isCandidate} AND (${value}) IS NOT NULL)`;
  const ask = async (sql: string) => (await rowsOf(connection, `${values} ${sql}`))[0];
  const requests = Number((await ask('SELECT count(*) AS n FROM value'))?.n ?? 0);
  if (requests === 0) return { estimate: { status: 'insufficient_data' }, requests };
  const atRank = (rank: number) => `quantile_disc(v, ${(rank - 0.5) / requests})`;
  const found = await ask(`SELECT ${atRank(quantileRank(requests, p))} AS v FROM value`);
  const at = Number(found?.v);
  const below = Number.isFinite(at) ? `v <= ${at}::DOUBLE` : 'true';
  const sums = await ask(`, by_user AS (
      SELECT user_key, count(*)::DOUBLE AS n, (count(*) FILTER (${below}))::DOUBLE AS s FROM value GROUP BY user_key)
    SELECT count(*) AS users, sum(s) AS s, sum(s * s) AS ss, sum(n * n) AS nn, sum(s * n) AS sn FROM by_user`);
  const users = Number(sums?.users);
  const ranks = quantileRanks(
    {
      users,
      requests,
      sSum: Number(sums?.s),
      sSumSquares: Number(sums?.ss),
      nSumSquares: Number(sums?.nn),
      snSum: Number(sums?.sn),
    },
    p,
  );
  if (ranks.status !== 'ok') return { estimate: ranks, requests };
  const bounds = await ask(
    `SELECT ${atRank(ranks.lower)} AS lower, ${atRank(ranks.upper)} AS upper FROM value`,
  );
  const [lower, upper] = [Number(bounds?.lower), Number(bounds?.upper)];
  return { estimate: quantileEstimate(users, { at, lower, upper }), requests };
}

async function users({
  connection,
  query,
  words,
}: Asking): Promise<Pick<GateSums, 'requests' | 'firstAtMs' | 'users'>> {
  const [row] = await rowsOf(
    connection,
    `${requestsSql(query, words)}, by_user AS (
       SELECT user_key, count(*) FILTER (is_candidate) AS n, min(time) AS first, bool_or(is_candidate) AS a, bool_or(NOT is_candidate) AS b
       FROM own GROUP BY user_key)
     SELECT coalesce(sum(n), 0) AS requests, min(first) AS first, count(*) FILTER (a) AS candidate, count(*) FILTER (b) AS control,
       count(*) FILTER (a AND b) AS both_groups
     FROM by_user`,
  );
  return {
    requests: Number(row?.requests ?? 0),
    firstAtMs: typeof row?.first === 'number' ? row.first : null,
    users: {
      candidate: Number(row?.candidate ?? 0),
      control: Number(row?.control ?? 0),
      both: Number(row?.both_groups ?? 0),
    },
  };
}
