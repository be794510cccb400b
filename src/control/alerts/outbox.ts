import type { AlertChannel } from '../../domain/alert-channel.ts';
import { retryDelayMs } from '../../domain/alert-outbox.ts';
import { alertText } from '../../domain/alert-text.ts';
import type { AlertStore, DueMessage, Outcome } from '../../ports/alert-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';

export interface OutboxOptions {
  readonly store: AlertStore;
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** The channel as it is now; undefined when it was removed. */
  readonly channelOf: (id: string) => AlertChannel | undefined;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onTrouble: (message: string) => void;
}

export interface Outbox {
  /** Sends what is due, and again whenever something falls due. */
  wake(): void;
  /** Waits a moment for what is on its way, so that it is not sent once more after the next start. */
  close(): Promise<void>;
}

/** Channels that are sent to at the same time; each gets one message after the other, so that one that hangs delays no other. */
const MAX_AT_ONCE = 8;
/** A clock that was set is noticed after this. */
const LONGEST_SLEEP_MS = 60_000;
/** What was sent must be written, or it would be sent again: tried at this pace for as long as the process lives. */
const WRITE_AGAIN_MS = 5_000;
const CLOSE_GRACE_MS = 2_000;

/** Takes messages out of the store to their channels: each until it is sent, or given up after its last attempt. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { store, clock, onTrouble } = options;
  const underWay = new Map<string, Promise<void>>();
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let pumping = Promise.resolve();

  const pump = async (): Promise<void> => {
    if (isClosed) return;
    const due = await store.due(clock.nowMs(), [...underWay.keys()]);
    for (const message of due.slice(0, MAX_AT_ONCE - underWay.size)) {
      const { channelId } = message;
      const delivery = deliver(message).finally(() => {
        underWay.delete(channelId);
        wake();
      });
      underWay.set(channelId, delivery);
    }
    const nextMs = underWay.size < MAX_AT_ONCE ? await store.nextDueMs([...underWay.keys()]) : null;
    clearTimeout(timer);
    if (isClosed) return;
    const sleepMs = nextMs === null ? LONGEST_SLEEP_MS : Math.max(0, nextMs - clock.nowMs());
    timer = setTimeout(wake, Math.min(sleepMs, LONGEST_SLEEP_MS)).unref();
  };

  const wake = (): void => {
    pumping = pumping.then(pump).catch((error: unknown) => {
      onTrouble(`the outbox of alerts cannot be read: ${String(error)}`);
      clearTimeout(timer);
      timer = setTimeout(wake, LONGEST_SLEEP_MS).unref();
    });
  };

  const deliver = async (message: DueMessage): Promise<void> => {
    const outcome = await outcomeOf(message, options);
    if (outcome.state === 'dead') {
      onTrouble(`an alert could not be told on channel ${message.channelId}: ${outcome.error}`);
    }
    while (!isClosed) {
      try {
        await store.settle(message.id, outcome);
        return;
      } catch (error) {
        onTrouble(`the outbox of alerts cannot be written: ${String(error)}`);
        await pause(WRITE_AGAIN_MS);
      }
    }
  };

  return {
    wake,
    async close() {
      clearTimeout(timer);
      await Promise.race([Promise.all(underWay.values()), pause(CLOSE_GRACE_MS)]);
      isClosed = true;
      clearTimeout(timer);
      await pumping;
    },
  };
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref();
  });
}

/** One attempt, and what follows from it. */
async function outcomeOf(message: DueMessage, options: OutboxOptions): Promise<Outcome> {
  const { notifier, clock, channelOf, random } = options;
  const { id, notices, omitted, isDigest, attempts } = message;
  const channel = channelOf(message.channelId);
  if (channel === undefined) {
    return { state: 'dead', atMs: clock.nowMs(), error: 'the channel was removed' };
  }
  const attempt = await notifier.send(channel, {
    ...alertText(notices, { language: channel.language, omitted }),
    id,
    kind: isDigest ? 'digest' : 'alert',
    atMs: clock.nowMs(),
    notices,
    omitted,
  });
  const atMs = clock.nowMs();
  if (attempt.ok) return { state: 'sent', atMs, error: attempt.note };
  const delayMs = attempt.isFinal ? null : retryDelayMs(attempts + 1, random());
  if (delayMs === null) return { state: 'dead', atMs, error: attempt.message };
  return { state: 'waiting', dueAtMs: atMs + delayMs, error: attempt.message };
}
