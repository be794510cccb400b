import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { newestFrames } from '../adapters/journal/newest-frames.ts';
import type { JudgingReplay } from '../analysis/judging/judging-replay.ts';
import type { SessionReplay } from '../gateway/session-replay.ts';

/** How far back a log is read: of a busy gateway that is less than the half hour that things are taken over of. */
const MAX_BYTES = 64 * 1024 * 1024;
/** What the start may wait for: the sessions that were active last. The rest follows while requests are served. */
const BEFORE_LISTENING_MS = 200;

export interface ReplayOptions {
  readonly journalFolder: string;
  readonly sessions: SessionReplay;
  /** Null where there is no judge. */
  readonly judging: JudgingReplay | null;
  readonly logger: Logger;
}

/** Hands the newest part of the journal to who goes on where the last run ended. Gives a function that ends it. */
export function replayJournal(options: ReplayOptions): () => void {
  const pages = handOver(options);
  let isStopped = false;
  const step = (): boolean => {
    try {
      return pages.next().done !== true;
    } catch (err) {
      // The sessions of before are then new ones; nothing else suffers.
      options.logger.error({ err }, 'sessions of the last run could not be taken over');
      return false;
    }
  };
  const rest = async (): Promise<void> => {
    do await nextTurn();
    while (!isStopped && step());
  };
  const untilMs = performance.now() + BEFORE_LISTENING_MS;
  while (step()) {
    if (performance.now() < untilMs) continue;
    void rest();
    break;
  }
  return () => {
    isStopped = true;
  };
}

/** One page of a log between two yields. */
function* handOver({ journalFolder, sessions, judging }: ReplayOptions): Generator<void> {
  const log = { folder: journalFolder, maxBytes: MAX_BYTES };
  let [wantsSessions, wantsJudging] = [true, judging !== null];
  for (const frames of newestFrames({ ...log, log: 'journal' })) {
    wantsSessions &&= sessions.take(frames);
    wantsJudging &&= judging?.takeEvents(frames) ?? false;
    if (!wantsSessions && !wantsJudging) break;
    yield;
  }
  if (judging === null) return;
  for (const frames of newestFrames({ ...log, log: 'texts' })) {
    if (!judging.takeTexts(frames)) return;
    yield;
  }
}
