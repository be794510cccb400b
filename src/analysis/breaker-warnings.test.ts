import { describe, expect, it } from 'vitest';
import { BREAKER, modelOf } from '../../test/config-fixture.ts';
import { type AttemptSums, NO_SESSIONS } from '../domain/model-sums.ts';
import type { SeriesStep } from '../ports/event-store.ts';
import { breakerWarnings } from './breaker-warnings.ts';

const NONE = { count: 0, sum: 0, p50: null, p95: null, p99: null };
const EMPTY: AttemptSums = {
  attempts: 0,
  errors: {},
  latencyMs: NONE,
  ttftMs: NONE,
  answersWithUsage: 0,
  completionTokens: 0,
  writingMs: 0,
};
const hour = (attempts: number, errors: Record<string, number>): SeriesStep => ({
  modelId: 'm',
  fromMs: 0,
  attempts: { ...EMPTY, attempts, errors },
  sessions: NO_SESSIONS,
});
const day = (...hours: [number, SeriesStep][]) =>
  hours.flatMap(([times, step]) => Array<SeriesStep>(times).fill(step));
const models = new Map([['m', modelOf('m')]]);
const OK = hour(1_000, { truncated: 4 });

describe('breaker_will_flap', () => {
  it.each<[string, SeriesStep[], number]>([
    ['a healthy day', day([24, OK]), 0],
    ['one bad hour', day([23, OK], [1, hour(1_000, { upstream_5xx: 900 })]), 0],
    ['1 % in half of the hours', day([12, OK], [12, hour(1_000, { upstream_5xx: 10 })]), 1],
    ['2 % all day', day([24, hour(1_000, { timeout_idle: 20 })]), 1],
    ['just below 1 %', day([24, hour(1_000, { timeout_idle: 9 })]), 0],
    [
      'faults of callers alone',
      day([24, hour(1_000, { bad_request: 100, context_length: 100, client_abort: 90 })]),
      0,
    ],
    ['too few hours', day([5, hour(1_000, { upstream_5xx: 20 })]), 0],
    ['too few attempts an hour', day([24, hour(19, { upstream_5xx: 5 })]), 0],
  ])('of %s', (_name, hours, expected) => {
    expect(breakerWarnings(hours, models)).toHaveLength(expected);
  });

  it('says what is usual, what the limit is, and what to do', () => {
    const [warning] = breakerWarnings(day([24, hour(1_000, { upstream_5xx: 20 })]), models);
    expect(warning).toMatchObject({ warning: 'breaker_will_flap', model_id: 'm', share: 1 });
    expect(warning?.message).toContain('at least 2.0 %');
    expect(warning?.message).toContain('opens at 3 %');
    expect(warning?.advice).toContain('breaker.error_rate_pct of the model to about 6');
    expect(warning?.message_zh).toContain('失败率不低于 2.0 %，而熔断器在 3 % 时打开');
    expect(warning?.advice_zh).toContain('breaker.error_rate_pct 提高到约 6');
  });

  it('goes by the limit of the model, and is silent where the breaker is off or the model gone', () => {
    const hours = day([24, hour(1_000, { upstream_5xx: 20 })]);
    const modelsWith = (breaker: object) =>
      new Map([['m', modelOf('m', { breaker: { ...BREAKER, ...breaker } })]]);
    expect(breakerWarnings(hours, modelsWith({ errorRatePct: 10 }))).toEqual([]);
    expect(breakerWarnings(hours, modelsWith({ enabled: false }))).toEqual([]);
    expect(breakerWarnings(hours, new Map())).toEqual([]);
  });
});
