import { classesOf } from '../../domain/error-class.ts';
import { NEUTRAL_CLASSES } from '../../domain/metric.ts';
import type { ExposureQuery, Population } from '../../ports/exposure-sums.ts';
import { columnsOf, type RatioParts } from './exposed-cells.ts';
import { numeral } from './numeral.ts';
import type { Words } from './words.ts';

const HOUR_MS = 3_600_000;
/** Numbers of `stratum`: places in this list. */
export const STRATA = ['new', 'returning', 'unknown'] as const;

/** Conditions that pick a population's rows out of `requests` and `sessions`; both have these columns. */
export function scopeOf(population: Population, words: Words): string {
  const number = words.find(population.id) ?? -1; // a word that no frame used matches nothing
  return population.kind === 'experiment' ? `experiment = ${number}` : `route = ${number}`;
}

const IS_FALLBACK = 'coalesce(model <> assigned, false)';
/** What a fallback answered is a failure of the model that should have. */
export const IS_FAILED = `(error IS NOT NULL OR ${IS_FALLBACK})`;

/** Requests of the population, behind `FROM`. */
export function requestsOf({ population, fromMs, toMs }: ExposureQuery, words: Words): string {
  return `requests
    WHERE ${scopeOf(population, words)} AND user_key IS NOT NULL
      AND time >= ${numeral(fromMs)} AND time < ${numeral(toMs)}`;
}

/** Metrics of requests. */
export const REQUEST_PARTS: readonly RatioParts[] = [
  { metric: 'error_rate', m: 'errors', d: 'counted' },
  { metric: 'timeout_rate', m: 'timeouts', d: 'counted' },
  { metric: 'tokens_per_answer', m: 'tokens', d: 'used' },
  { metric: 'tokens_per_second', m: 'tokens * 1000', d: 'writing' },
];
/** Quantiles are of all requests that count, and of those of them that have a first token; errors are infinitely slow. */
const ALWAYS = [{ metric: 'ttft_p95', m: 'errors', d: 'counted + started' }] as const;
const SUMS = {
  counted: 'count(*) FILTER (is_counted)',
  errors: 'count(*) FILTER (is_counted AND is_failed)',
  timeouts: 'count(*) FILTER (is_counted AND is_late)',
  started: 'count(*) FILTER (is_counted AND (is_failed OR ttft IS NOT NULL))',
  used: 'count(tokens)',
  tokens: 'coalesce(sum(tokens), 0)',
  writing: 'coalesce(sum(latency - coalesce(ttft, 0)) FILTER (tokens IS NOT NULL), 0)',
};

/**
 * A row for every user of the population: the arm's place, stratum and client at the first request, whether they count,
 * and sums of the requests that do. All that is put into the text are numbers.
 */
export function exposedUsersSql(
  query: ExposureQuery,
  { parts, words }: { readonly parts: readonly RatioParts[]; readonly words: Words },
): string {
  const { population, fromMs } = query;
  const seen = `
    SELECT user_key, min(seq) AS seq, min(arm) AS arm, coalesce(min(arm) <> max(arm), false) AS is_in_two,
      min(time) AS exposed_at, count(*) AS requests,
      count(*) FILTER (is_answered) AS answers, count(*) FILTER (is_answered AND model <> assigned) AS fallbacks,
      ${columnsOf(SUMS, [...ALWAYS, ...parts])}
    FROM (${judgedSql(query, words)}) GROUP BY user_key`;
  if (population.kind === 'route') {
    return `SELECT * REPLACE (false AS is_in_two), 0 AS place, 2 AS stratum, NULL AS client, 0 AS hour, true AS is_sure FROM (${seen})`;
  }
  return `
    SELECT seen.*, ${placeSql(population, words)} AS place, ${stratumSql(population.newUserWithinMs)} AS stratum,
      client, CAST(floor((exposed_at - ${fromMs}) / ${HOUR_MS}) AS INTEGER) AS hour, coalesce(is_sure, true) AS is_sure
    FROM (${seen}) AS seen JOIN exposures USING (seq), (
      SELECT least((SELECT min(time) FROM requests), (SELECT min(first_seen) FROM exposures)) AS watching
    )
    WHERE place IS NOT NULL OR is_in_two`;
}

/** Each request with what it means for its arm. */
function judgedSql(query: ExposureQuery, words: Words): string {
  const late = numbersOf(classesOf('timeout'), words);
  // Of a request that a fallback answered the attempt before tells; it is looked for only where it is asked for.
  const isLate = query.metrics.includes('timeout_rate')
    ? `(coalesce(error IN (${late}), false)
        OR (${IS_FALLBACK} AND seq IN (SELECT seq FROM attempts WHERE error IN (${late}))))`
    : 'false';
  return `
    SELECT user_key, seq, arm, time, model, assigned, latency, ttft,
      outcome = 0 OR ttft IS NOT NULL AS is_answered, ${IS_FAILED} AS is_failed, ${isLate} AS is_late,
      error IS NULL OR error NOT IN (${numbersOf(NEUTRAL_CLASSES, words)}) OR ${IS_FALLBACK} AS is_counted,
      if(${IS_FAILED}, NULL, completion_tokens) AS tokens
    FROM ${requestsOf(query, words)}`;
}

/** At least one number, so that the list is one. */
function numbersOf(classes: Iterable<string>, words: Words): string {
  return [-1, ...[...classes].flatMap((word) => words.find(word) ?? [])].join(', ');
}

/** The arm's place, of a row of `requests`; null for an arm that is left out. */
export function placeSql(population: Population, words: Words): string {
  if (population.kind === 'route') return '0';
  const places = population.arms.map((arm, place) => `WHEN ${words.find(arm) ?? -1} THEN ${place}`);
  return `CASE arm ${places.join(' ')} END`;
}

/** `stratumOf` of the domain in the engine's words; the conformance of the port holds both to the same. */
function stratumSql(withinMs: number | null): string {
  if (withinMs === null) return '2';
  const within = numeral(withinMs);
  return `CASE
    WHEN created IS NOT NULL THEN if(exposed_at - created < ${within}, 0, 1)
    WHEN exposed_at - watching < ${within} THEN 2
    ELSE if(exposed_at - first_seen < ${within}, 0, 1) END`;
}
