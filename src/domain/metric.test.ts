import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_IDS, METRICS, type MetricId, type MetricSums, metricValue } from './metric.ts';
import { NO_SESSIONS } from './model-sums.ts';

const nothing = { count: 0, sum: 0, p50: null, p95: null, p99: null };
const EMPTY: MetricSums = {
  attempts: {
    attempts: 0,
    errors: {},
    latencyMs: nothing,
    ttftMs: nothing,
    answersWithUsage: 0,
    completionTokens: 0,
    writingMs: 0,
  },
  sessions: NO_SESSIONS,
};
const attempts = (more: Partial<MetricSums['attempts']>): MetricSums => ({
  ...EMPTY,
  attempts: { ...EMPTY.attempts, ...more },
});
const sessions = (more: Partial<MetricSums['sessions']>): MetricSums => ({
  ...EMPTY,
  sessions: { ...EMPTY.sessions, ...more },
});
const ok = (value: number, samples: number) => ({ status: 'ok', value, samples });
const none = { status: 'no_data' };
const spread = { count: 4, sum: 100, p50: 20, p95: 40, p99: 50 };
const mixed = { timeout_idle: 2, upstream_5xx: 1, context_length: 1, client_abort: 5, rate_limited: 1 };

describe('a metric', () => {
  it.each<[MetricId, string, MetricSums, object]>([
    [
      'error_rate',
      'leaves neutral classes out on both sides',
      attempts({ attempts: 26, errors: mixed }),
      ok(0.2, 20),
    ],
    ['error_rate', 'is a true zero', attempts({ attempts: 3 }), ok(0, 3)],
    [
      'error_rate',
      'has no data where all was neutral',
      attempts({ attempts: 3, errors: { rejected: 1, bad_request: 2 } }),
      none,
    ],
    ['error_count', 'counts what counts', attempts({ attempts: 26, errors: mixed }), ok(4, 20)],
    ['timeout_rate', 'takes every timeout', attempts({ attempts: 26, errors: mixed }), ok(0.1, 20)],
    ['latency_mean', 'is the mean', attempts({ latencyMs: spread }), ok(25, 4)],
    ['latency_p50', 'is passed on', attempts({ latencyMs: spread }), ok(20, 4)],
    ['latency_p95', 'is passed on', attempts({ latencyMs: spread }), ok(40, 4)],
    ['latency_p99', 'is passed on', attempts({ latencyMs: spread }), ok(50, 4)],
    ['ttft_mean', 'is the mean', attempts({ ttftMs: spread }), ok(25, 4)],
    ['ttft_p50', 'is passed on', attempts({ ttftMs: spread }), ok(20, 4)],
    ['ttft_p95', 'is passed on', attempts({ ttftMs: spread }), ok(40, 4)],
    ['ttft_p99', 'is passed on', attempts({ ttftMs: spread }), ok(50, 4)],
    [
      'tokens_per_second',
      'is tokens by the time of writing them',
      attempts({ answersWithUsage: 2, completionTokens: 90, writingMs: 3_000 }),
      ok(30, 2),
    ],
    [
      'tokens_per_second',
      'is nothing without time',
      attempts({ answersWithUsage: 2, completionTokens: 90 }),
      none,
    ],
    ['tokens_per_answer', 'is a mean', attempts({ answersWithUsage: 2, completionTokens: 90 }), ok(45, 2)],
    ['completion_rate', 'is of closed sessions', sessions({ closed: 4, completed: 3 }), ok(0.75, 4)],
    ['abandon_rate', 'is of closed sessions', sessions({ closed: 4, abandoned: 1 }), ok(0.25, 4)],
    ['follow_up_rate', 'is of later rounds', sessions({ laterRounds: 8, followUps: 2 }), ok(0.25, 8)],
    [
      'task_completion',
      'shows its coverage',
      sessions({ withIntent: 10, judged: 5, judgedYes: 4 }),
      { ...ok(0.8, 5), coverage: 0.5 },
    ],
    ['task_completion', 'has no data when nothing was judged', sessions({ withIntent: 10 }), none],
    ['session_depth', 'is rounds a session', sessions({ closed: 4, rounds: 10 }), ok(2.5, 4)],
    ['session_stay', 'is milliseconds a session', sessions({ closed: 4, stayMs: 10_000 }), ok(2_500, 4)],
    ['rating', 'may be below zero', sessions({ ratings: 4, ratingSum: -2 }), ok(-0.5, 4)],
    ['review_accuracy', 'has no data without reviews', sessions({ closed: 4 }), none],
  ])('%s %s', (id, _says, sums, expected) => {
    expect(metricValue(id, sums)).toEqual(expected);
  });

  it.each(METRIC_IDS)('%s has no data where nothing was seen', (id) => {
    expect(metricValue(id, EMPTY)).toEqual(none);
  });

  it.each(METRIC_IDS)('%s is called something in both languages', (id) => {
    expect(METRICS[id].name.en).toMatch(/^[A-Z]/);
    expect(METRICS[id].name.zh).toMatch(/\p{Script=Han}/u);
  });

  it('of the kind of a share is from 0 to 1, whatever errors there were', () => {
    const errors = fc.dictionary(
      fc.constantFrom('timeout_idle', 'upstream_5xx', 'client_abort', 'rejected', 'context_length'),
      fc.nat(1_000),
    );
    fc.assert(
      fc.property(errors, fc.nat(1_000), (classes, good) => {
        const failed = Object.values(classes).reduce((sum, count) => sum + count, 0);
        const value = metricValue('error_rate', attempts({ attempts: failed + good, errors: classes }));
        return value.status === 'no_data' || (value.value >= 0 && value.value <= 1 && value.samples >= good);
      }),
    );
  });
});
