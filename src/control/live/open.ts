import { setTimeout as delay } from 'node:timers/promises';
import { AdminFault } from '../../contract/fault.ts';
import type { Download } from '../../ports/analysis.ts';
import type { Door } from '../change.ts';

/** Windows that listen at the same time. */
const MAX_LISTENERS = 100;
const LOOK_EVERY_MS = 500;
/** A line now and then keeps proxies from closing the stream. */
const BEAT_EVERY_LOOKS = 30;
/** Then the browser comes back by itself, and is asked again who it is. */
const LIFETIME_MS = 300_000;

/** Tells browsers that something changed, so that they read it anew. */
export interface Live {
  /** Server-sent events. Throws `busy` where too many listen already. */
  open(): Download;
}

interface LiveOptions {
  readonly door: () => Door;
  /** For tests. */
  readonly lookEveryMs?: number;
}

export function createLive({ door, lookEveryMs = LOOK_EVERY_MS }: LiveOptions): Live {
  let listeners = 0;

  async function* tell(): AsyncGenerator<string> {
    listeners += 1;
    try {
      const looks = LIFETIME_MS / lookEveryMs;
      let told = -1;
      for (let look = 0; look < looks; look += 1) {
        const { revision, version } = door().state();
        if (revision !== told) {
          told = revision;
          yield `event: changed\ndata: ${JSON.stringify({ revision, config_version: version })}\n\n`;
        } else if (look % BEAT_EVERY_LOOKS === 0) {
          yield ': still here\n\n';
        }
        await delay(lookEveryMs, undefined, { ref: false });
      }
    } finally {
      listeners -= 1;
    }
  }

  return {
    open() {
      if (listeners >= MAX_LISTENERS) {
        throw new AdminFault('busy', `${MAX_LISTENERS} windows listen already; close some`);
      }
      return { headers: { 'x-accel-buffering': 'no' }, chunks: tell() };
    },
  };
}
