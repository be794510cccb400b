import { createJudging } from '../../src/analysis/judging/judging.ts';
import type { JudgedRecord } from '../../src/contract/event.ts';
import type { JudgeSettings, Model } from '../../src/domain/config.ts';
import { compileSnapshot } from '../../src/domain/snapshot.ts';
import type { UnjudgedAnswer } from '../../src/ports/judging.ts';
import type { Completion, Instruction } from '../../src/ports/model-client.ts';
import { configOf, modelOf, SETTINGS } from '../config-fixture.ts';

export const DAY_MS = 86_400_000;
/** When every rig begins. */
export const START_MS = 20_000 * DAY_MS;
export const answerOf = (name: string): UnjudgedAnswer => ({
  requestId: `req_${name}`,
  sessionInstance: `ses_${name}`,
  intentName: 'orders',
  question: 'Where is my order?',
  answer: `answer ${name}`,
});

export interface Call {
  readonly instruction: Instruction;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  reply(completion: Completion): Promise<void>;
}

/** A judge whose answers and whose time come when the test says so. */
export function startJudging(more: Partial<JudgeSettings> = {}, model: Partial<Model> = {}) {
  const timers = new Set<{ readonly work: () => void; readonly atMs: number }>();
  const calls: Call[] = [];
  const records: JudgedRecord[] = [];
  const troubles: string[] = [];
  const days = new Map<number, number>();
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs - 12 * DAY_MS };
  let nowMs = START_MS;
  let isCutOff = false;
  let settings = { ...SETTINGS.judge, modelId: 'judge', waitMs: 0, ...more };
  const snapshotOf = () =>
    compileSnapshot(1, configOf([modelOf('judge', model)], [], { ...SETTINGS, judge: settings }));
  let snapshot = snapshotOf();
  const dayOf = (atMs: number) => Math.floor(atMs / DAY_MS);
  const judging = createJudging({
    client: {
      complete: (_model, instruction, { timeoutMs, signal }) => {
        const { promise, resolve } = Promise.withResolvers<Completion>();
        const reply = async (completion: Completion) => {
          resolve(completion);
          await promise;
          await new Promise(setImmediate);
        };
        calls.push({ instruction, timeoutMs, signal, reply });
        return promise;
      },
    },
    clock,
    calls: {
      at: (atMs) => days.get(dayOf(atMs)) ?? 0,
      add: (atMs) => void days.set(dayOf(atMs), (days.get(dayOf(atMs)) ?? 0) + 1),
      close: () => {},
    },
    snapshot: () => snapshot,
    isClosed: (modelId) => modelId !== 'judge' || !isCutOff,
    events: { append: (_kind, record) => void records.push(record as JudgedRecord) },
    onTrouble: (message) => troubles.push(message),
    defer(work, afterMs) {
      const timer = { work, atMs: nowMs + afterMs };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  return {
    judging,
    calls,
    records,
    troubles,
    spent: () => days.get(dayOf(nowMs)) ?? 0,
    counts: () => {
      const { calls: made, verdicts, skipped, ...rest } = judging.counts();
      const plain = (map: ReadonlyMap<string, number>) => Object.fromEntries(map);
      return { calls: plain(made), verdicts: plain(verdicts), skipped: plain(skipped), ...rest };
    },
    configure(changed: Partial<JudgeSettings>) {
      settings = { ...settings, ...changed };
      snapshot = snapshotOf();
    },
    /** Opens or closes the judge's breaker. */
    cutOff(is: boolean) {
      isCutOff = is;
    },
    /** Lets time pass, and what is due happen. */
    pass(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].sort((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > untilMs) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.work();
      }
      nowMs = untilMs;
    },
  };
}
