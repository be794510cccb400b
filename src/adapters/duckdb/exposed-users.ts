import type { ExposureQuery, Population } from '../../ports/exposure-sums.ts';
import type { Words } from './words.ts';

const HOUR_MS = 3_600_000;
/** Numbers of `stratum`: places in this list. */
export const STRATA = ['new', 'returning', 'unknown'] as const;

/** Conditions that pick a population's rows out of `requests` and `sessions`; both have these columns. */
export function scopeOf(population: Population, words: Words): string {
  const number = words.find(population.id) ?? -1; // a word that no frame used matches nothing
  return population.kind === 'experiment' ? `experiment = ${number}` : `route = ${number}`;
}

/**
 * A row for every user of the population: the arm's place, stratum and client at the first request, and whether they
 * count. All that is put into the text are numbers.
 */
export function exposedUsersSql(query: ExposureQuery, words: Words): string {
  const { population, fromMs, toMs } = query;
  const seen = `
    SELECT user_key, min(seq) AS seq, min(arm) AS arm, coalesce(min(arm) <> max(arm), false) AS is_in_two,
      min(time) AS exposed_at, count(*) AS requests,
      count(*) FILTER (outcome = 0 OR ttft IS NOT NULL) AS answers,
      count(*) FILTER ((outcome = 0 OR ttft IS NOT NULL) AND model <> assigned) AS fallbacks
    FROM requests
    WHERE ${scopeOf(population, words)} AND user_key IS NOT NULL
      AND time >= ${numeral(fromMs)} AND time < ${numeral(toMs)}
    GROUP BY user_key`;
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

export function numeral(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no number`);
  return `${value}::DOUBLE`;
}
