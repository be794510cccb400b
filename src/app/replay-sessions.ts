import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { newestFrames } from '../adapters/journal/newest-frames.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** How far back the journal is read: of a busy gateway that is less than the half hour that sessions are taken over of. */
const MAX_BYTES = 64 * 1024 * 1024;
/** What the start may wait for: the sessions that were active last. The rest follows while requests are served. */
const BEFORE_LISTENING_MS = 200;

export interface ReplayOptions {
  readonly journalFolder: string;
  readonly gateway: Pick<Gateway, 'openSessionReplay'>;
  readonly logger: Logger;
}

/** Hands the newest part of the journal to the gateway, so that its sessions go on. Gives a function that ends it. */
export function replaySessions({ journalFolder, gateway, logger }: ReplayOptions): () => void {
  const replay = gateway.openSessionReplay();
  const pages = newestFrames({ folder: journalFolder, maxBytes: MAX_BYTES });
  let isStopped = false;
  const step = (): boolean => {
    try {
      const { done, value } = pages.next();
      return done !== true && replay.take(value);
    } catch (err) {
      // The sessions of before are then new ones; nothing else suffers.
      logger.error({ err }, 'sessions of the last run could not be taken over');
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
