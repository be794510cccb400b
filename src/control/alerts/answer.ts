import type { AlertItem } from '../../contract/alert.ts';
import type { Measure } from '../../domain/alert.ts';
import type { AlertDelivery, ListedAlert } from '../../ports/alert-store.ts';

/** An alert with what became of telling it. */
export function answerAlert(alert: ListedAlert): AlertItem {
  const { resolvedAtMs, closing } = alert;
  return {
    id: alert.id,
    rule_id: alert.ruleId,
    event: alert.event,
    model_id: alert.modelId,
    state: resolvedAtMs === null ? 'open' : 'resolved',
    opened_at: timeOf(alert.openedAtMs),
    opening: answerMeasure(alert.opening),
    resolved_at: resolvedAtMs === null ? null : timeOf(resolvedAtMs),
    closing: closing && answerMeasure(closing),
    deliveries: alert.deliveries.map(answerDelivery),
  };
}

function answerMeasure({ value, limit, samples, windowMs, reason, reasonZh }: Measure): AlertItem['opening'] {
  return { value, limit, samples, window_ms: windowMs, reason, reason_zh: reasonZh ?? reason };
}

function answerDelivery(delivery: AlertDelivery): AlertItem['deliveries'][number] {
  const { dueAtMs, settledAtMs } = delivery;
  return {
    channel_id: delivery.channelId,
    event: delivery.event,
    message_id: delivery.messageId,
    digest: delivery.isDigest,
    state: delivery.state,
    attempts: delivery.attempts,
    next_attempt_at: dueAtMs === null ? null : timeOf(dueAtMs),
    settled_at: settledAtMs === null ? null : timeOf(settledAtMs),
    error: delivery.error,
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
