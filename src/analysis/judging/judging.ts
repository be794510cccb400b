import { backedOff, NO_BACK_OFF } from '../../domain/back-off.ts';
import type { Model } from '../../domain/config.ts';
import { judgePrompt } from '../../domain/judge-prompt.ts';
import { isSampled } from '../../domain/judgement.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DayCount } from '../../ports/day-count.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Judging } from '../../ports/judging.ts';
import type { ModelClient } from '../../ports/model-client.ts';
import { askJudge, type Judged } from './ask-judge.ts';
import { countUp, type JudgingCounts } from './judging-counts.ts';
import { type JudgingReplay, openJudgingReplay } from './judging-replay.ts';
import { createWaitingAnswers, type WaitingAnswer } from './waiting-answers.ts';

/** So often the judge is asked about one answer, before it is given up. */
const MAX_CALLS = 2;
/** How often a judge that is cut off is looked at again. */
const CUT_OFF_LOOK_MS = 10_000;

export interface JudgingOptions {
  readonly client: Pick<ModelClient, 'complete'>;
  readonly clock: Clock;
  /** Calls of today, whichever process made them. */
  readonly calls: DayCount;
  snapshot(): Snapshot;
  /** A model whose breaker is not closed is left alone: its probes are for its users. */
  isClosed(modelId: string): boolean;
  readonly events: Pick<EventSink, 'append'>;
  /** Told when the judge begins to fail, not for each answer. */
  onTrouble(message: string): void;
  /** Runs `work` after a while; the result takes it back. */
  readonly defer?: (work: () => void, afterMs: number) => () => void;
}

export interface OpenJudging extends Judging {
  /** Takes over what an earlier process left; null where there is no judge. */
  openReplay(): JudgingReplay | null;
  counts(): JudgingCounts;
  /** Breaks off what runs; what waits is left to the next start. */
  close(): void;
}

/** Asks a judge model about first answers, off the path of requests. Its failures are counted and harm nobody. */
export function createJudging(options: JudgingOptions): OpenJudging {
  const { client, clock, calls, snapshot, isClosed, events, onTrouble, defer = later } = options;
  const counts = { calls: new Map(), verdicts: new Map(), skipped: new Map() };
  const waiting = createWaitingAnswers();
  const closing = new AbortController();
  let backOff = NO_BACK_OFF;
  let running = 0;
  let cancel: (() => void) | null = null;

  const settings = () => snapshot().settings.judge;
  const budgetLeft = (): number => Math.max(0, settings().dailyBudget - calls.at(clock.nowMs()));

  const pauseMs = (): number =>
    isClosed(settings().modelId ?? '') ? backOff.untilMs - clock.monotonicMs() : CUT_OFF_LOOK_MS;

  /** Starts what is due, and comes back for what is not. */
  const run = (): void => {
    cancel?.();
    cancel = null;
    for (let { first } = waiting; first && running < settings().concurrency; { first } = waiting) {
      const inMs = Math.max(first.dueMs - clock.monotonicMs(), pauseMs());
      if (inMs > 0) {
        cancel = defer(run, inMs);
        return;
      }
      waiting.take();
      start(first);
    }
  };
  const start = (one: WaitingAnswer): void => {
    const model = judgeIn(snapshot());
    if (model === null || budgetLeft() === 0) {
      countUp(counts.skipped, model === null ? 'off' : 'budget');
      return;
    }
    calls.add(clock.nowMs());
    running += 1;
    const limits = { timeoutMs: settings().timeoutMs, signal: closing.signal };
    void askJudge(client, { model, prompt: one.prompt, ...limits }).then((judged) => {
      running -= 1;
      if (closing.signal.aborted) return;
      take(model, one, judged);
      run();
    });
  };
  const take = (model: Model, one: WaitingAnswer, judged: Judged): void => {
    const isGood = judged.outcome === 'ok';
    countUp(counts.calls, judged.outcome);
    if (!isGood && backOff.failuresInARow === 0) onTrouble(troubleWith(model, judged.message));
    backOff = isGood ? NO_BACK_OFF : backedOff(backOff, clock.monotonicMs());
    const verdict = isGood ? judged.verdict : null;
    const callsMade = one.callsMade + 1;
    if (verdict === null && callsMade < MAX_CALLS) {
      waiting.putBack({ ...one, callsMade });
      return;
    }
    const reason = verdict?.reason ?? (isGood ? 'no_verdict' : 'no_answer');
    countUp(counts.verdicts, reason);
    events.append('judged', {
      time_ms: clock.nowMs(),
      request_id: one.requestId,
      session_instance: one.sessionInstance,
      judge_model_id: model.id,
      task_completed: verdict?.completed ?? null,
      reason,
    });
  };

  const judging: OpenJudging = {
    add({ requestId, sessionInstance, ...subject }) {
      const { samplePercent, waitMs } = settings();
      if (judgeIn(snapshot()) === null || !isSampled(sessionInstance, samplePercent)) return;
      const dueMs = clock.monotonicMs() + waitMs;
      const one = { requestId, sessionInstance, prompt: judgePrompt(subject), dueMs, callsMade: 0 };
      if (budgetLeft() === 0) countUp(counts.skipped, 'budget');
      else if (!waiting.add(one)) countUp(counts.skipped, 'queue_full');
      else cancel ??= defer(run, waitMs);
    },
    withdraw: (about, because) => countUp(counts.skipped, because, waiting.remove(about)),
    openReplay: () => (judgeIn(snapshot()) === null ? null : openJudgingReplay(judging, clock)),
    counts: () => ({ ...counts, waiting: waiting.size, budgetLeft: budgetLeft() }),
    close() {
      closing.abort();
      cancel?.();
      calls.close();
    },
  };
  return judging;
}

function troubleWith({ id }: Model, message: string): string {
  return `judge model "${id}" cannot be asked: ${message}`;
}

function judgeIn({ models, settings }: Snapshot): Model | null {
  const model = models.get(settings.judge.modelId ?? '');
  return model?.enabled ? model : null;
}

function later(work: () => void, afterMs: number): () => void {
  const timer = setTimeout(work, afterMs).unref();
  return () => clearTimeout(timer);
}
