import type { Alert } from '../../domain/alert.ts';
import { type AlertEvent, closingEvent } from '../../domain/alert.ts';
import type { Turned } from '../../domain/alert-book.ts';
import type { AlertChannel } from '../../domain/alert-channel.ts';
import { countedSinceMs, type KnownMessage, placeNotice } from '../../domain/alert-outbox.ts';
import type { AlertRecord, AlertStore, NewMessage } from '../../ports/alert-store.ts';
import type { Ids } from '../../ports/ids.ts';

export interface Telling {
  readonly turned: Turned;
  readonly channels: readonly AlertChannel[];
  readonly nowMs: number;
  readonly ids: Ids;
  readonly store: Pick<AlertStore, 'messagesOf'>;
}

type Told = Pick<AlertRecord['notices'][number], 'alertId' | 'event'>;

/** What is to be written when alerts begin and end: the alerts, and a notice in the outbox of each channel that listens. */
export async function recordOf({ turned, channels, nowMs, ids, store }: Telling): Promise<AlertRecord> {
  const opened = turned.opened.map(
    ({ ruleId, event, modelId, measure }): Alert => ({
      id: ids.next('alert'),
      ruleId,
      event,
      modelId,
      openedAtMs: nowMs,
      opening: measure,
      resolvedAtMs: null,
      closing: null,
    }),
  );
  const resolved = turned.closed.map(({ alert, measure }) => ({
    id: alert.id,
    atMs: nowMs,
    closing: measure,
  }));
  const told: Told[] = [
    ...turned.closed
      .filter(({ isQuiet }) => !isQuiet)
      .map(({ alert }) => ({ alertId: alert.id, event: closingEvent(alert.event) })),
    ...opened.map(({ id, event }) => ({ alertId: id, event })),
  ];
  const messages: NewMessage[] = [];
  const notices: AlertRecord['notices'][number][] = [];
  for (const channel of channels) {
    const wanted = told.filter(({ event }) => listens(channel, event));
    if (wanted.length === 0) continue;
    const known: KnownMessage[] = [...(await store.messagesOf(channel.id, countedSinceMs(nowMs)))];
    for (const notice of wanted) {
      const placement = placeNotice(known, nowMs);
      const messageId = placement.kind === 'join' ? placement.messageId : ids.next('msg');
      if (placement.kind === 'new') {
        const { isDigest, dueAtMs } = placement;
        messages.push({ id: messageId, channelId: channel.id, createdAtMs: nowMs, dueAtMs, isDigest });
        known.push({ id: messageId, createdAtMs: nowMs, dueAtMs, isGathering: isDigest });
      }
      notices.push({ messageId, ...notice, atMs: nowMs });
    }
  }
  return { opened, resolved, messages, notices };
}

function listens({ events }: AlertChannel, event: AlertEvent): boolean {
  return events.includes(event);
}
