import { describe, expect, it } from 'vitest';
import type { UserResult } from '../../../sim/users.ts';
import { liveBlock, liveLine } from './live-view.ts';
import { createTally } from './tally.ts';

const result = (more: Partial<UserResult>): UserResult => ({
  userId: 'alice',
  protocol: 'chat',
  stream: true,
  modelUsed: 'stable',
  reason: 'rule',
  bucket: 0,
  fallback: null,
  status: 200,
  latencyMs: 100,
  ttftMs: 10,
  outcome: 'ok',
  requestId: 'req_1',
  sessionId: 'ses_1',
  ...more,
});

describe('createTally', () => {
  it('shows dashes before the first answer', () => {
    const tally = createTally(['stable', 'candidate']);
    expect(liveLine(tally.rows(), new Map([['stable', 'CLOSED']]), 0)).toBe(
      '0:00  stable - of 0 requests, errors -, P95 -, breaker CLOSED | candidate - of 0 requests, errors -, P95 -',
    );
  });

  it('counts share, users, failures and P95 by the model that answered', () => {
    const tally = createTally(['stable', 'candidate']);
    for (let i = 1; i <= 20; i++) tally.add(result({ latencyMs: i * 100, userId: `u${i % 4}` }));
    tally.add(result({ outcome: 'abandoned', latencyMs: 99_999 }));
    tally.add(result({ outcome: 'truncated', latencyMs: 99_999 }));
    tally.add(result({ modelUsed: 'candidate', outcome: 'http_error', status: 502 }));
    tally.add(result({ modelUsed: null, outcome: 'connection', status: null }));
    tally.add(result({ modelUsed: null, outcome: 'abandoned', status: null }));
    expect(tally.rows()).toEqual([
      { modelId: 'stable', share: 22 / 24, users: 5, requests: 22, errorRate: 1 / 21, latencyMsP95: 1900 },
      { modelId: 'candidate', share: 1 / 24, users: 1, requests: 1, errorRate: 1, latencyMsP95: null },
      { modelId: '(none)', share: 1 / 24, users: 1, requests: 1, errorRate: 1, latencyMsP95: null },
    ]);
    expect(liveBlock(tally.rows(), new Map(), 61_000).split('\n')[0]).toBe('1:01  24 requests');
  });

  it('judges the time of the newest answers only', () => {
    const tally = createTally(['stable']);
    for (let i = 0; i < 1000; i++) tally.add(result({ latencyMs: 9000 }));
    for (let i = 0; i < 1000; i++) tally.add(result({ latencyMs: 10 }));
    expect(tally.rows()[0]?.latencyMsP95).toBe(10);
  });
});
