import type { RequestRecord } from '../../contract/event.ts';
import type { Frame } from '../../contract/frame.ts';
import type { RatioCell } from '../../domain/experiment/evidence.ts';
import { stratumOf } from '../../domain/experiment.ts';
import { type MetricId, NEUTRAL_CLASSES } from '../../domain/metric.ts';
import { estimateQuantile } from '../../domain/stats/quantile.ts';
import type { SessionRules, TimeRange } from '../event-store.ts';
import type { ExposureQuery, ExposureSums, Population } from '../exposure-sums.ts';
import { isIn, type Recounted, recountRows, requestsOf } from './event-recount.ts';

/** What counts of one session or request: numerator and denominator by metric. */
type Counts = Readonly<Partial<Record<MetricId, readonly [m: number, d: number]>>>;
interface Person {
  readonly place: number;
  readonly stratum: 'new' | 'returning' | 'unknown';
  readonly client: string;
  readonly hour: number;
  readonly requests: readonly RequestRecord[];
  readonly isSure: boolean;
  readonly isInTwo: boolean;
}
type Experiment = Extract<Population, { kind: 'experiment' }>;
export type ExperimentQuery = ExposureQuery & { readonly population: Experiment };

const HOUR_MS = 3_600_000;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The sums of an experiment, recounted by hand: slow, plain and on the domain's own functions. */
export function recountExposures(
  frames: readonly Frame[],
  query: ExperimentQuery,
  rules: SessionRules,
): ExposureSums {
  const people = peopleOf(frames, query);
  const counted = new Map([...people].filter(([, { isSure, isInTwo }]) => isSure && !isInTwo));
  const sessions = sessionsOf(frames, query, rules).filter(({ row }) => counted.has(row.user_id ?? ''));
  const arms = query.population.arms.map((_, place) => place);
  const byArm = (own: readonly Person[], value: (person: Person) => number = () => 1) =>
    arms.map((place) => sum(own.filter((one) => one.place === place).map(value)));
  const cell = (metric: MetricId, intent: string | null, isMeant: (one: Person) => boolean): RatioCell => {
    const users = [...counted].filter(([, person]) => isMeant(person));
    const pairs = users.map(([id, { requests }]) => {
      const own = sessions.filter(
        ({ row }) => row.user_id === id && (intent === null || row.intent === intent),
      );
      const parts = [...own.map(countsOfSession), ...(intent === null ? requests.map(countsOfRequest) : [])];
      return [0, 1].map((at) => sum(parts.map((counts) => counts[metric]?.[at] ?? 0))) as [number, number];
    });
    return cellOf(pairs.filter(([, d]) => d > 0));
  };
  const groups = <K>(keyOf: (person: Person) => K) => [...Map.groupBy(counted.values(), keyOf)];
  const intents = [...new Set(sessions.flatMap(({ row }) => row.intent ?? []))];
  return {
    metrics: query.metrics.map((metric) => [
      metric,
      /_p\d\d$/.test(metric)
        ? { kind: 'quantile', arms: arms.map((place) => quantileOf(counted, metric, place)) }
        : {
            kind: 'ratio',
            strata: groups(({ stratum }) => stratum).map(([name]) => ({
              name,
              arms: arms.map((at) => cell(metric, null, (one) => one.place === at && one.stratum === name)),
            })),
          },
    ]),
    byIntent: query.metrics.map((metric) => [
      metric,
      intents.map((name) => ({
        name,
        arms: arms.map((at) => cell(metric, name, (one) => one.place === at)),
      })),
    ]),
    firstAtMs:
      people.size === 0 ? null : Math.min(...[...people.values()].map(({ requests }) => firstOf(requests))),
    health: {
      exposures: groups(({ hour }) => hour)
        .sort(([a], [b]) => a - b)
        .map(([, own]) => byArm(own)),
      byStratum: groups(({ stratum }) => stratum).map(([stratum, own]) => ({ stratum, users: byArm(own) })),
      usersInTwoArms: [...people.values()].filter(({ isInTwo }) => isInTwo).length,
      weakRequests: sum([...people.values()].map((one) => (one.isSure ? 0 : one.requests.length))),
      answers: byArm([...counted.values()], ({ requests }) => requests.filter(isAnswered).length),
      fallbackAnswers: byArm(
        [...counted.values()],
        ({ requests }) => requests.filter((one) => isAnswered(one) && isFallback(one)).length,
      ),
      clients: groups(({ client }) => client).map(([client, own]) => ({ client, users: byArm(own) })),
    },
  };
}

/** Users of a route, and their requests that count. */
export function recountRoute(frames: readonly Frame[], range: TimeRange, routeId: string) {
  const asked = requestsOf(frames).filter(
    (one) => one.route_id === routeId && one.user_id !== null && isIn(one.time_ms, range) && !isNeutral(one),
  );
  return { users: new Set(asked.map(({ user_id }) => user_id)).size, requests: asked.length };
}

function peopleOf(frames: readonly Frame[], query: ExperimentQuery): Map<string, Person> {
  const { population, ...range } = query;
  const exposed = requestsOf(frames).filter(
    (one) => one.experiment === population.id && one.user_id !== null && isIn(one.time_ms, range),
  );
  const all = requestsOf(frames);
  const firstSeen = all.flatMap((one) => (one.experiment === null ? [] : (one.user_first_seen_ms ?? [])));
  const watchingSinceMs = Math.min(...all.map(({ time_ms }) => time_ms), ...firstSeen);
  const people = [...Map.groupBy(exposed, ({ user_id }) => user_id ?? '')].flatMap(([id, requests]) => {
    const [first] = requests;
    if (first === undefined) return [];
    const names = new Set(requests.map(({ arm }) => arm));
    const at = Math.min(...requests.map(({ time_ms }) => time_ms));
    const place = population.arms.indexOf(first.arm ?? '');
    if (place === -1 && names.size === 1) return [];
    const within = population.newUserWithinMs;
    const times = {
      createdAtMs: first.user_created_at_ms,
      firstSeenMs: first.user_first_seen_ms ?? at,
      exposedAtMs: at,
      watchingSinceMs,
    };
    const person: Person = {
      place,
      stratum: within === null ? 'unknown' : stratumOf(times, within),
      client: first.endpoint,
      hour: Math.floor((at - range.fromMs) / HOUR_MS),
      requests,
      isSure: first.user_source !== 'api_key',
      isInTwo: names.size > 1,
    };
    return [[id, person] as const];
  });
  return new Map(people);
}

function sessionsOf(frames: readonly Frame[], query: ExperimentQuery, rules: SessionRules): Recounted[] {
  return recountRows(frames, rules).filter((session) => {
    const { row, closedAtMs, answeredBy } = session;
    return (
      closedAtMs !== null &&
      isIn(row.started_at_ms, query as TimeRange) &&
      experimentOf(frames, row.session_instance) === query.population.id &&
      !row.is_mixed &&
      (answeredBy === null || row.model_id === null || answeredBy === row.model_id)
    );
  });
}

/** Of the session's first request; of two that came together, that which was written first. */
function experimentOf(frames: readonly Frame[], instance: string): string | null {
  const own = requestsOf(frames).filter(({ session_instance }) => session_instance === instance);
  const first = own.toSorted((a, b) => a.time_ms - b.time_ms)[0];
  return first?.experiment ?? null;
}

function countsOfSession({ row, laterRounds, chargedFollowUps, ratings }: Recounted): Counts {
  const isJudged = row.intent !== null && row.task_completed !== null;
  return {
    task_completion: [Number(isJudged && row.task_completed), Number(isJudged)],
    completion_rate: [Number(row.completed), 1],
    abandon_rate: [Number(row.abandoned), 1],
    follow_up_rate: [chargedFollowUps, laterRounds],
    session_depth: [row.rounds, 1],
    session_stay: [row.stay_ms, 1],
    rating: [sum(ratings), ratings.length],
  };
}

function countsOfRequest(request: RequestRecord): Counts {
  if (isNeutral(request)) return {};
  const { error_class, attempts, completion_tokens, latency_ms, ttft_ms } = request;
  const classes = [error_class, ...(isFallback(request) ? attempts.map((one) => one.error_class) : [])];
  const isUsed = !isFailed(request) && completion_tokens !== null;
  return {
    error_rate: [Number(isFailed(request)), 1],
    timeout_rate: [Number(classes.some((one) => one?.startsWith('timeout_'))), 1],
    tokens_per_answer: isUsed ? [completion_tokens, 1] : [0, 0],
    tokens_per_second: isUsed ? [completion_tokens * 1_000, latency_ms - (ttft_ms ?? 0)] : [0, 0],
  };
}

const firstOf = (requests: readonly RequestRecord[]): number =>
  Math.min(...requests.map(({ time_ms }) => time_ms));
const isAnswered = ({ outcome, ttft_ms }: RequestRecord): boolean => outcome === 'ok' || ttft_ms !== null;
const isFallback = ({ model_id, assigned_model_id }: RequestRecord): boolean =>
  model_id !== null && assigned_model_id !== null && model_id !== assigned_model_id;
const isFailed = (one: RequestRecord): boolean => isFallback(one) || one.error_class !== null;
const isNeutral = (one: RequestRecord): boolean =>
  !isFallback(one) && NEUTRAL_CLASSES.has(one.error_class ?? '');

function quantileOf(people: ReadonlyMap<string, Person>, metric: MetricId, place: number) {
  const values: number[] = [];
  const users: string[] = [];
  for (const [id, { requests }] of [...people].filter(([, person]) => person.place === place)) {
    for (const request of requests.filter((one) => !isNeutral(one))) {
      const value = metric.startsWith('ttft') ? request.ttft_ms : request.latency_ms;
      if (value === null && !isFailed(request)) continue;
      values.push(isFailed(request) ? Number.POSITIVE_INFINITY : (value ?? 0));
      users.push(id);
    }
  }
  const found = estimateQuantile(values, users, { p: Number(`0.${metric.slice(metric.indexOf('_p') + 2)}`) });
  const { status } = found;
  return {
    estimate:
      status === 'ok'
        ? { n: found.n, est: found.est, variance: found.variance, se: found.se, status }
        : found,
    requests: values.length,
  };
}

function cellOf(pairs: readonly (readonly [number, number])[]): RatioCell {
  const of = (value: (m: number, d: number) => number): number => sum(pairs.map(([m, d]) => value(m, d)));
  return {
    sums: {
      type: 'ratio',
      n: pairs.length,
      mSum: of((m) => m),
      mSumSquares: of((m) => m * m),
      dSum: of((_, d) => d),
      dSumSquares: of((_, d) => d * d),
      mdSum: of((m, d) => m * d),
    },
    usersWithEvent: pairs.filter(([m]) => m > 0).length,
  };
}
