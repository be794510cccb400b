import type { DuckDBConnection } from '@duckdb/node-api';
import type { ErrorClass } from '../../domain/error-class.ts';
import type { QuantileCell, RatioCell } from '../../domain/experiment/evidence.ts';
import type { GateEvidence } from '../../domain/rollout/gate-evidence.ts';
import type { Gate } from '../../domain/rollout/plan.ts';
import type { GateSums, GateSumsQuery } from '../../ports/event-store.ts';
import { rowsOf } from './database.ts';
import { cellOf, cellsSql } from './exposed-cells.ts';
import { beyondHardLimit, type Measure, measureOf } from './gate-measures.ts';
import { CANDIDATE, CONTROL, type Counted, requestsSql, sessionsSql } from './gate-rows.ts';
import { quantileCells } from './quantile-cells.ts';
import { withTempTables } from './temp-tables.ts';
import type { Words } from './words.ts';

interface Asking {
  readonly connection: DuckDBConnection;
  readonly words: Words;
  /** The tables of requests, and of users with the sums of theirs. */
  readonly requests: string;
  readonly users: string;
}
interface Groups<T> {
  readonly candidate: T;
  readonly control: T;
}

/** Counts an epoch of a rollout for its gates: sums over users, and values at ranks. */
export function gateSums(
  connection: DuckDBConnection,
  words: Words,
  query: GateSumsQuery,
): Promise<GateSums> {
  const measures = query.gates.map((gate) => measureOf(gate, words));
  const ofRequests = countedOf(measures, 'requests');
  const ofSessions = countedOf(measures, 'sessions');
  return withTempTables(connection, async (makeTable) => {
    const requests = await makeTable('gated', requestsSql(query, words));
    const users = await makeTable('gated_users', usersSql(requests, ofRequests));
    const asking = { connection, words, requests, users };
    const cells = new Map([
      ...(await ratioCells(connection, `SELECT * FROM ${users}`, ofRequests)),
      ...(await ratioCells(connection, byUserSql(sessionsSql(query, words), ofSessions), ofSessions)),
    ]);
    const quantiles = await quantilesOf(asking, measures);
    const gates: (GateEvidence | null)[] = [];
    for (const [i, gate] of query.gates.entries()) {
      const measure = measures[i] ?? null;
      if (measure === null) gates.push(null);
      else if (measure.kind === 'quantile') gates.push({ kind: 'quantile', ...groupsAt(quantiles, i) });
      else gates.push(await ratioEvidence(asking, { gate, measure, cells: groupsAt(cells, i) }));
    }
    return { gates, ...(await countUsers(asking)) };
  });
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

const partsOf = (counted: ReadonlyMap<number, Counted>): string[] =>
  Array.from(counted, ([i, { m, d }]) => `sum(${m})::DOUBLE AS m${i}, sum(${d})::DOUBLE AS d${i}`);

const byUserSql = (rows: string, counted: ReadonlyMap<number, Counted>): string =>
  `SELECT ${['place', 'user_key', ...partsOf(counted)].join(', ')} FROM (${rows}) GROUP BY place, user_key`;

/** A row for each user of each group, with what quantiles are found by, too. */
function usersSql(requests: string, counted: ReadonlyMap<number, Counted>): string {
  const columns = [
    'place, user_key, min(time) AS first, count(*)::DOUBLE AS counted',
    'count(*) FILTER (is_failed)::DOUBLE AS errors',
    'count(*) FILTER (is_failed OR ttft IS NOT NULL)::DOUBLE AS started',
    ...partsOf(counted),
  ];
  return `SELECT ${columns.join(', ')} FROM ${requests} GROUP BY place, user_key`;
}

/** By place among the gates; `users` has a row for each user of each group. */
async function ratioCells(
  connection: DuckDBConnection,
  users: string,
  counted: ReadonlyMap<number, Counted>,
): Promise<[number, readonly RatioCell[]][]> {
  if (counted.size === 0) return [];
  const gates = [...counted.keys()];
  const parts = gates.map((i) => ({ m: `m${i}`, d: `d${i}` }));
  const rows = await rowsOf(connection, cellsSql(parts, users, 'place'));
  const groups = [CANDIDATE, CONTROL].map((place) => rows.find((row) => row.place === place));
  return gates.map((i, at) => [i, groups.map((row) => cellOf(row, at))]);
}

/** By place among the gates. */
async function quantilesOf(
  { connection, requests, users }: Asking,
  measures: readonly (Measure | null)[],
): Promise<Map<number, readonly QuantileCell[]>> {
  const asked = [...measures.entries()].flatMap(([i, measure]) =>
    measure?.kind === 'quantile' ? [{ i, value: measure.column, p: measure.p }] : [],
  );
  if (asked.length === 0) return new Map();
  const answers = `(SELECT * FROM ${requests} WHERE NOT is_failed)`;
  const cells = await quantileCells(connection, { answers, users, quantiles: asked, arms: 2 });
  return new Map(asked.map(({ i }, at) => [i, cells[at] ?? []]));
}

function groupsAt<T>(found: ReadonlyMap<number, readonly T[]>, gate: number): Groups<T> {
  const [candidate, control] = [found.get(gate)?.[CANDIDATE], found.get(gate)?.[CONTROL]];
  if (candidate === undefined || control === undefined) throw new Error('a gate is counted in both groups');
  return { candidate, control };
}

async function ratioEvidence(
  asking: Asking,
  counted: {
    readonly gate: Gate;
    readonly measure: Exclude<Measure, { readonly kind: 'quantile' }>;
    readonly cells: Groups<RatioCell>;
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
  { connection, requests }: Asking,
  gate: Gate,
  measure: Extract<Measure, { readonly kind: 'slowness' }>,
): Promise<{ readonly beyond: number | null; readonly shownMs: number | null }> {
  const beyond = beyondHardLimit(gate, measure);
  const [row] = await rowsOf(
    connection,
    `SELECT quantile_disc(${measure.value}, ${measure.p}) AS shown, ${beyond ?? 'NULL'} AS beyond
     FROM ${requests} WHERE place = ${CANDIDATE} AND (${measure.value}) IS NOT NULL`,
  );
  const shown = row?.shown;
  return {
    beyond: beyond === null ? null : Number(row?.beyond ?? 0),
    shownMs: typeof shown === 'number' && Number.isFinite(shown) ? shown : null,
  };
}

async function errorsByClass({ connection, requests, words }: Asking) {
  const rows = await rowsOf(
    connection,
    `SELECT class, count(*) AS n FROM ${requests}
     WHERE place = ${CANDIDATE} AND is_failed AND class IS NOT NULL GROUP BY class`,
  );
  const errors: Partial<Record<ErrorClass, number>> = {};
  for (const { class: word, n } of rows) errors[words.wordOf(word) as ErrorClass] = Number(n);
  return errors;
}

async function countUsers({
  connection,
  users,
}: Asking): Promise<Pick<GateSums, 'requests' | 'firstAtMs' | 'users'>> {
  const [row] = await rowsOf(
    connection,
    `WITH by_user AS (
       SELECT sum(counted) FILTER (place = ${CANDIDATE}) AS n, min(first) AS first,
         bool_or(place = ${CANDIDATE}) AS a, bool_or(place = ${CONTROL}) AS b
       FROM ${users} GROUP BY user_key)
     SELECT coalesce(sum(n), 0) AS requests, min(first) AS first, count(*) FILTER (a) AS candidate,
       count(*) FILTER (b) AS control, count(*) FILTER (a AND b) AS both_groups
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
