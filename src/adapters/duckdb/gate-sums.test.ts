import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROW } from '../../../test/support/fake-event-store.ts';
import { gateOf } from '../../../test/support/rollout-scene.ts';
import { openSegmentPen } from '../../../test/support/written-events.ts';
import type { AttemptRecord, RequestRecord } from '../../contract/event.ts';
import { NEUTRAL_CLASSES } from '../../domain/metric.ts';
import type { Gate } from '../../domain/rollout/plan.ts';
import { estimateQuantile } from '../../domain/stats/quantile.ts';
import { type OpenEventStore, openEventStore } from './event-store.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const FROM_MS = Date.UTC(2025, 5, 1);
const IDLE_MS = 900_000;
const attempt = (modelId: string, errorClass: string | null): AttemptRecord => ({
  model_id: modelId,
  outcome: errorClass === null ? 'ok' : 'error',
  error_class: errorClass,
  upstream_status: 200,
  latency_ms: 5,
  ttft_ms: 1,
});

/** A few hundred requests of 40 users: good, failed in many ways, answered by stable, of other stages and rollouts. */
function requests(): RequestRecord[] {
  const { is_follow_up, intent, task_completed, judged_by, judge_model_id, judge_reason, rating, ...plain } =
    ROW;
  const errors = [null, null, null, 'upstream_5xx', 'timeout_idle', 'rate_limited', 'out_of_memory'];
  return Array.from({ length: 600 }, (_, n) => {
    const isCandidate = n % 2 === 0;
    const assigned = isCandidate ? 'b' : 'a';
    const errorClass = errors[(n * 7) % 11] ?? null;
    const isFallback = isCandidate && n % 26 === 0;
    const last = isFallback ? attempt('a', null) : attempt(assigned, errorClass);
    const isOk = isFallback || errorClass === null;
    return {
      ...plain,
      time_ms: FROM_MS + n * 1_000,
      request_id: `req_${n}`,
      user_id: n % 97 === 96 ? null : `user_${isCandidate ? 'b' : 'a'}${(n * 13) % 20}`,
      session_id: `ses_${Math.floor(n / 6)}_${assigned}`,
      session_instance: `ses_${Math.floor(n / 6)}_${assigned}`,
      round: Math.floor((n % 6) / 2) + 1,
      assigned_model_id: assigned,
      model_id: isFallback ? 'a' : assigned,
      outcome: isOk ? ('ok' as const) : ('error' as const),
      error_class: isOk ? null : errorClass,
      attempts: isFallback ? [attempt('b', 'connection_reset'), last] : [last],
      latency_ms: 100 + ((n * 37) % 400),
      ttft_ms: n % 5 === 0 ? null : 50,
      completion_tokens: n % 3 === 0 ? null : n % 50,
      rollout: n % 31 === 30 ? 'may' : 'june',
      stage: n < 60 ? 0 : 1,
    };
  });
}

/** The same, counted the slow way. */
function recount(gate: Gate, sinceMs: number) {
  const counted = requests().filter(
    (one) => one.rollout === 'june' && one.stage === 1 && one.time_ms >= sinceMs && one.user_id !== null,
  );
  const isFailed = (one: RequestRecord) =>
    one.model_id !== one.assigned_model_id ||
    (one.outcome === 'error' && !NEUTRAL_CLASSES.has(one.error_class ?? ''));
  const own = counted.filter((one) => isFailed(one) || one.outcome === 'ok');
  const classOf = (one: RequestRecord) =>
    one.model_id === one.assigned_model_id ? one.error_class : 'connection_reset';
  return {
    own,
    isFailed,
    classOf,
    of: (model: string) => own.filter((one) => one.assigned_model_id === model),
    gate,
  };
}

let store: OpenEventStore;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-gates-'));
  const journalFolder = join(folder, 'journal');
  const pen = openSegmentPen(journalFolder);
  for (const record of requests()) pen.write('request', record);
  pen.close();
  store = openEventStore({ file: join(folder, 'events.duckdb'), journalFolder });
  await store.caughtUp();
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function sumsOf(gates: readonly Gate[], sinceMs = FROM_MS) {
  return store.gateSums({
    of: { kind: 'rollout', rolloutId: 'june', stage: 1 },
    candidateModelId: 'b',
    sinceMs,
    onlyNewConversations: false,
    gates,
    idleMs: IDLE_MS,
    nowMs: FROM_MS + 86_400_000,
  });
}

describe('sums for gates', () => {
  const errorRate = gateOf({ metric: 'error_rate', op: '<', limit: 0.1, isVsStable: true });

  it.each([FROM_MS, FROM_MS + 300_000])(
    'count failures of the assigned model by user, from %s on',
    async (sinceMs) => {
      const { gates, requests: n, users } = await sumsOf([errorRate], sinceMs);
      const { of, isFailed } = recount(errorRate, sinceMs);
      const cellOf = (model: string) => {
        const byUser = Object.values(Object.groupBy(of(model), (one) => one.user_id ?? ''));
        const counts = byUser.map((list = []) => ({ m: list.filter(isFailed).length, d: list.length }));
        const sum = (each: (one: { m: number; d: number }) => number) =>
          counts.reduce((total, one) => total + each(one), 0);
        return {
          sums: {
            type: 'ratio',
            n: counts.length,
            mSum: sum(({ m }) => m),
            mSumSquares: sum(({ m }) => m * m),
            dSum: sum(({ d }) => d),
            dSumSquares: sum(({ d }) => d * d),
            mdSum: sum(({ m, d }) => m * d),
          },
          usersWithEvent: sum(({ m }) => Number(m > 0)),
        };
      };
      expect(gates).toMatchObject([{ kind: 'ratio', candidate: cellOf('b'), control: cellOf('a') }]);
      expect(n).toBe(of('b').length);
      expect(users).toEqual({ candidate: cellOf('b').sums.n, control: cellOf('a').sums.n, both: 0 });
    },
  );

  it('count some classes alone, those of attempts that stable made good too', async () => {
    const gate = gateOf({
      metric: 'error_count',
      op: '<=',
      limit: 0,
      classes: ['connection_reset', 'out_of_memory'],
    });
    const { of, isFailed, classOf } = recount(gate, FROM_MS);
    const failed = of('b').filter(isFailed);
    const [evidence] = (await sumsOf([gate])).gates;
    const meant = failed.filter((one) => ['connection_reset', 'out_of_memory'].includes(classOf(one) ?? ''));
    expect(meant.length).toBeGreaterThan(5);
    expect(evidence).toMatchObject({
      candidate: { sums: { mSum: meant.length, dSum: of('b').length } },
      control: null,
      errors: { connection_reset: failed.filter((one) => classOf(one) === 'connection_reset').length },
    });
  });

  it('count slow requests, failures among them', async () => {
    const gate = gateOf({ metric: 'latency_p95', op: '<', limit: 400, hardLimit: 450 });
    const { of, isFailed } = recount(gate, FROM_MS);
    const slowerThan = (ms: number) => of('b').filter((one) => isFailed(one) || one.latency_ms >= ms).length;
    const [evidence] = (await sumsOf([gate])).gates;
    expect(evidence).toMatchObject({
      candidate: { sums: { mSum: slowerThan(400), dSum: of('b').length } },
      beyondHardLimit: slowerThan(450),
    });
  });

  it('find quantiles of both groups with their ranks', async () => {
    const gate = gateOf({ metric: 'latency_p50', op: '<=', limit: 1.5, isVsStable: true });
    const { of, isFailed } = recount(gate, FROM_MS);
    const expected = (model: string) => {
      const values = of(model).map((one) => (isFailed(one) ? Number.POSITIVE_INFINITY : one.latency_ms));
      const found = estimateQuantile(
        values,
        of(model).map((one) => one.user_id ?? ''),
        { p: 0.5 },
      );
      if (found.status !== 'ok') throw new Error(found.status);
      const { n, est, variance, se } = found;
      return { requests: values.length, estimate: { status: 'ok', n, est, variance, se } };
    };
    expect((await sumsOf([gate])).gates).toMatchObject([
      { kind: 'quantile', candidate: expected('b'), control: expected('a') },
    ]);
  });

  it('count sessions once they are closed, and those that two models answered not at all', async () => {
    const gates = [
      gateOf({ metric: 'session_depth', op: '>=', limit: 0.9, isVsStable: true }),
      gateOf({ metric: 'completion_rate', op: '>=', limit: 0.9, isVsStable: true }),
    ];
    const found = (await sumsOf(gates)).gates;
    const sessions = Map.groupBy(
      requests().filter((one) => one.stage === 1),
      (one) => one.session_instance,
    );
    const own = [...sessions.values()].filter(
      (list) =>
        list[0]?.rollout === 'june' &&
        list[0].assigned_model_id === 'b' &&
        list.some((one) => one.user_id !== null),
    );
    const isAnswered = (one: RequestRecord) => one.outcome === 'ok' || one.ttft_ms !== null;
    const isMixed = (list: RequestRecord[]) =>
      new Set(list.filter(isAnswered).map((one) => one.model_id)).size > 1;
    const counted = own.filter((list) => !isMixed(list));
    expect(counted.length).toBeLessThan(own.length);
    expect(found[0]).toMatchObject({ candidate: { sums: { dSum: counted.length } } });
    expect(found[1]).toMatchObject({
      candidate: { sums: { dSum: counted.length, mSum: expect.any(Number) } },
    });
  });

  it('are empty where nothing was recorded, and null for what no frame tells', async () => {
    const gates = [errorRate, gateOf({ metric: 'review_accuracy', op: '>=', limit: 0.9 })];
    const nothing = await sumsOf(gates, FROM_MS + 80_000_000);
    expect(nothing).toMatchObject({
      requests: 0,
      users: { candidate: 0, control: 0, both: 0 },
      gates: [{ candidate: { sums: { n: 0, dSum: 0 } }, control: { sums: { n: 0 } } }, null],
    });
  });
});
