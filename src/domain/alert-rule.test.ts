import { describe, expect, it } from 'vitest';
import { type AlertFacts, type AlertRule, findingsOf, windowsOf } from './alert-rule.ts';

const NOW_MS = 1_000_000_000;
const figuresOf = (attempts: number, failures: number, p95: number) => ({
  attempts,
  errorRate: { status: 'ok', value: failures / attempts, samples: attempts } as const,
  latencyMsP95: { status: 'ok', value: p95, samples: attempts - failures } as const,
});
const FACTS: AlertFacts = {
  nowMs: NOW_MS,
  upMs: 3_600_000,
  modelIds: ['a', 'b'],
  breakers: new Map(),
  figures: new Map([
    [
      300_000,
      new Map([
        ['a', figuresOf(180, 7, 900)],
        ['b', figuresOf(19, 19, 60_000)],
      ]),
    ],
  ]),
  dropped: { count: 0, lastAtMs: null },
  freeBytes: 5_000,
  rollouts: [],
};
const windowed = { id: 'r', modelId: null, windowMs: 300_000, minRequests: 20 };
const RATE: AlertRule = { ...windowed, event: 'error_rate', abovePct: 3 };
const P95: AlertRule = { ...windowed, event: 'latency_p95', aboveMs: 1_000 };
const QUIET: AlertRule = { id: 'q', event: 'no_traffic', modelId: null, windowMs: 300_000 };

const look = (rule: AlertRule, more: Partial<AlertFacts> = {}) =>
  findingsOf([rule], { ...FACTS, ...more }).map(({ modelId, state, measure }) => [
    modelId,
    state,
    measure.reason,
    measure.reasonZh,
  ]);

describe('what rules find', () => {
  it.each<[string, AlertRule, Partial<AlertFacts>, unknown[]]>([
    [
      'an error rate over its limit, and too few requests to tell',
      RATE,
      {},
      [
        ['a', 'breached', '7 of 180 = 3.9 % > 3.0 %', '180 次中失败 7 次 = 3.9 % > 3.0 %'],
        ['b', 'calm', '19 requests, fewer than 20', '只有 19 次请求，少于 20 次'],
      ],
    ],
    [
      'an error rate at its limit',
      { ...RATE, abovePct: (7 / 180) * 100, modelId: 'a' },
      {},
      [['a', 'calm', '7 of 180 = 3.9 % ≤ 3.9 %', '180 次中失败 7 次 = 3.9 % ≤ 3.9 %']],
    ],
    [
      'slow answers',
      { ...P95, aboveMs: 899, modelId: 'a' },
      {},
      [['a', 'breached', '900 ms > 899 ms over 173 answers', '900 ms > 899 ms（173 个回答）']],
    ],
    [
      'fast answers',
      { ...P95, modelId: 'a' },
      {},
      [['a', 'calm', '900 ms ≤ 1000 ms over 173 answers', '900 ms ≤ 1000 ms（173 个回答）']],
    ],
    [
      'nothing while nobody counts',
      { ...RATE, modelId: 'a' },
      { figures: new Map() },
      [['a', 'unknown', 'nobody could count', '无法统计']],
    ],
    ['nothing of a model that is gone', { ...RATE, modelId: 'gone' }, {}, []],
    ['traffic', QUIET, {}, [[null, 'calm', '199 requests', '199 次请求']]],
    [
      'no traffic',
      QUIET,
      { figures: new Map([[300_000, new Map()]]) },
      [[null, 'breached', '0 requests', '0 次请求']],
    ],
    [
      'no traffic of one model',
      { ...QUIET, modelId: 'a' },
      { figures: new Map([[300_000, new Map()]]) },
      [['a', 'breached', '0 requests', '0 次请求']],
    ],
    [
      'nothing before the window is over',
      QUIET,
      { upMs: 299_999, figures: new Map([[300_000, new Map()]]) },
      [[null, 'unknown', 'the window is not over yet', '统计时间尚未满']],
    ],
    [
      'records lost a moment ago',
      { id: 'j', event: 'journal_dropping' },
      { dropped: { count: 3, lastAtMs: NOW_MS - 59_999 } },
      [[null, 'breached', '3 records lost since the start', '启动以来丢失 3 条记录']],
    ],
    [
      'records lost long ago',
      { id: 'j', event: 'journal_dropping' },
      { dropped: { count: 3, lastAtMs: NOW_MS - 60_000 } },
      [[null, 'calm', '3 records lost since the start', '启动以来丢失 3 条记录']],
    ],
    [
      'a full disk',
      { id: 'd', event: 'disk_low', belowBytes: 5_001 },
      {},
      [[null, 'breached', '5000 bytes free < 5001', '剩余 5000 字节 < 5001']],
    ],
    [
      'room on the disk',
      { id: 'd', event: 'disk_low', belowBytes: 5_000 },
      {},
      [[null, 'calm', '5000 bytes free ≥ 5000', '剩余 5000 字节 ≥ 5000']],
    ],
    [
      'a disk nobody knows of',
      { id: 'd', event: 'disk_low', belowBytes: 1 },
      { freeBytes: null },
      [[null, 'unknown', 'free space unknown', '无法得知剩余空间']],
    ],
    [
      'a rollout that something holds, and no other event of it',
      { id: 'h', event: 'rollout_held' },
      {
        rollouts: [
          {
            modelId: 'b',
            event: 'rollout_held',
            isSo: true,
            said: { en: 'Too few data.', zh: '数据不足。' },
          },
          { modelId: 'c', event: 'rollout_held', isSo: false, said: { en: 'goes on', zh: '继续' } },
          { modelId: 'd', event: 'rollout_aborted', isSo: true, said: { en: 'Bad.', zh: '差。' } },
        ],
      },
      [
        ['b', 'breached', 'Too few data.', '数据不足。'],
        ['c', 'calm', 'goes on', '继续'],
      ],
    ],
    [
      'breakers by model; half open is not closed',
      { id: 'k', event: 'breaker_opened', modelId: null },
      { breakers: new Map([['b', { state: 'HALF_OPEN', reason: 'probing', reasonZh: '探测中' }]]) },
      [
        ['a', 'calm', 'closed', '已闭合'],
        ['b', 'breached', 'probing', '探测中'],
      ],
    ],
  ])('%s', (_name, rule, facts, expected) => expect(look(rule, facts)).toEqual(expected));

  it('wants each window counted once', () => {
    expect(windowsOf([RATE, P95, QUIET, { id: 'j', event: 'journal_dropping' }])).toEqual([300_000]);
  });
});
