import { statfs } from 'node:fs/promises';
import { createSmtpNotifier } from '../adapters/smtp/smtp-notifier.ts';
import { createWebhookNotifier } from '../adapters/webhook/webhook-notifier.ts';
import type { AlertSources } from '../control/alerts/facts.ts';
import { type AlertWatch, startAlertWatch } from '../control/alerts/watch.ts';
import type { ControlCore } from '../control/core.ts';
import { metricValue } from '../domain/metric.ts';
import type { Network } from '../domain/network.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { type EventStore, IndexUnavailable } from '../ports/event-store.ts';
import type { Notifier } from '../ports/notifier.ts';

/** Sends to a channel with what its type needs. */
export function createNotifier(options: {
  readonly clock: Clock;
  readonly networks: () => readonly Network[];
}): Notifier {
  const email = createSmtpNotifier();
  const webhook = createWebhookNotifier(options);
  return {
    send: (channel, notification) =>
      channel.type === 'email' ? email.send(channel, notification) : webhook.send(channel, notification),
    prepare: () => email.prepare(),
  };
}

export interface AlertOptions extends AlertSourceOptions {
  readonly core: ControlCore;
}

/** Begins to look after alerts; with the first look what was open before the start is known again. */
export function startAlerts(options: AlertOptions): Promise<AlertWatch> {
  const { core, onTrouble } = options;
  const tripped = core
    .breakers()
    .reports()
    .filter(({ state }) => state !== 'CLOSED')
    .map(({ modelId, state, history: [last] }) => {
      const { because = state, becauseZh = because } = last ?? {};
      return [modelId, { state, reason: because, reasonZh: becauseZh }] as const;
    });
  return startAlertWatch({
    core,
    sources: alertSources(options),
    breakers: new Map(tripped),
    random: Math.random,
    onTrouble,
  });
}

interface AlertSourceOptions {
  readonly events: Pick<EventSink, 'dropped' | 'droppedTexts'>;
  readonly store: Pick<EventStore, 'modelSums'>;
  readonly clock: Clock;
  readonly journalFolder: string;
  readonly onTrouble: (message: string) => void;
}

/** The facts of alerts: figures from the index, losses from the journal's counters, space from the disk. */
function alertSources(options: AlertSourceOptions): AlertSources {
  const { events, store, clock, journalFolder, onTrouble } = options;
  return {
    async figures(windowMs) {
      const nowMs = clock.nowMs();
      try {
        // sessions play no part in these figures: idleMs only says which of them are closed
        const sums = await store.modelSums(
          { fromMs: nowMs - windowMs, toMs: nowMs },
          { idleMs: windowMs, nowMs },
        );
        return new Map(
          sums.map((one) => [
            one.modelId,
            {
              attempts: one.attempts.attempts,
              errorRate: metricValue('error_rate', one),
              latencyMsP95: metricValue('latency_p95', one),
            },
          ]),
        );
      } catch (error) {
        if (!(error instanceof IndexUnavailable)) onTrouble(`alerts cannot count: ${String(error)}`);
        return null;
      }
    },
    dropped: () => events.dropped + events.droppedTexts,
    async freeBytes() {
      try {
        const { bavail, bsize } = await statfs(journalFolder);
        return bavail * bsize;
      } catch {
        return null; // the journal says itself what is wrong with its folder
      }
    },
  };
}
