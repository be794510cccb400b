import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Alert, AlertEvent, Measure, OpeningEvent } from '../../domain/alert.ts';
import { MAX_NOTICES } from '../../domain/alert-outbox.ts';
import {
  type AlertDelivery,
  type AlertRecord,
  type AlertStore,
  type DeliveryState,
  type DueMessage,
  KEPT_ALERTS,
} from '../../ports/alert-store.ts';
import { openDatabase } from './open.ts';
import { inTransaction } from './transaction.ts';

export interface AlertStoreOptions {
  /** File name, the configuration store's own; or `:memory:`. */
  readonly path: string;
  /** How many alerts stay; 10,000 unless a test asks for fewer. */
  readonly keptAlerts?: number;
}

/**
 * Alerts and their outbox, in tables of the control store. Every method does its work before it returns.
 *
 * `synchronous = NORMAL`: a commit does not wait for the disk, which would hold requests back for milliseconds. A killed
 * process loses nothing by it; what a power cut takes is found again in the facts, or told once more.
 */
export function openAlertStore({ path, keptAlerts = KEPT_ALERTS }: AlertStoreOptions): AlertStore {
  const database = openDatabase(path);
  database.exec('PRAGMA synchronous = NORMAL');
  const sql = statements(database);
  return {
    openAlerts: async () => sql.openAlerts.all().map(toAlert),
    record: async (record) => inTransaction(database, () => write(sql, record, keptAlerts)),
    messagesOf: async (channelId, sinceMs) =>
      sql.messagesOf.all(channelId, sinceMs).map((row) => ({
        id: String(row.id),
        createdAtMs: Number(row.created_at_ms),
        dueAtMs: Number(row.due_at_ms),
        isGathering: row.is_digest === 1 && row.state === 'waiting' && row.attempts === 0,
      })),
    due: async (nowMs, busy) => sql.due.all(nowMs, JSON.stringify(busy)).map((row) => toDue(sql, row)),
    nextDueMs: async (busy) => numberOrNull(sql.nextDue.get(JSON.stringify(busy))?.due_at_ms),
    settle: async (id, outcome) => {
      const isWaiting = outcome.state === 'waiting';
      const dueAtMs = isWaiting ? outcome.dueAtMs : null;
      sql.settle.run(outcome.state, dueAtMs, isWaiting ? null : outcome.atMs, outcome.error, id);
    },
    list: async ({ before, limit, isOpen, delivery }) => {
      const open = isOpen === null ? null : Number(isOpen);
      return sql.list.all({ before, limit, open, delivery }).map((row) => ({
        ...toAlert(row),
        number: Number(row.number),
        deliveries: sql.deliveriesOf.all(String(row.id)).map(toDelivery),
      }));
    },
    close: async () => database.close(),
  };
}

type Statements = ReturnType<typeof statements>;
type Row = Record<string, SQLOutputValue>;

function statements(database: DatabaseSync) {
  const sql = (text: string) => database.prepare(text);
  const waiting = `state = 'waiting' AND channel_id NOT IN (SELECT value FROM json_each(?))`;
  return {
    openAlerts: sql('SELECT * FROM alert WHERE resolved_at_ms IS NULL ORDER BY number'),
    open: sql(
      'INSERT INTO alert (id, rule_id, event, model_id, opened_at_ms, opening) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    resolve: sql('UPDATE alert SET resolved_at_ms = ?, closing = ? WHERE id = ? AND resolved_at_ms IS NULL'),
    addMessage: sql(`
      INSERT INTO alert_message (id, channel_id, created_at_ms, is_digest, omitted, state, attempts, due_at_ms)
      VALUES (?, ?, ?, ?, 0, 'waiting', 0, ?)`),
    noticesIn: sql('SELECT count(*) AS n FROM alert_notice WHERE message_id = ?'),
    addNotice: sql('INSERT INTO alert_notice (message_id, alert_id, event, at_ms) VALUES (?, ?, ?, ?)'),
    omit: sql('UPDATE alert_message SET omitted = omitted + 1 WHERE id = ?'),
    dropAlerts: sql(`
      DELETE FROM alert WHERE number <= (SELECT max(number) FROM alert) - ? AND resolved_at_ms IS NOT NULL`),
    dropMessages: sql(`
      DELETE FROM alert_message
      WHERE NOT EXISTS (SELECT 1 FROM alert_notice WHERE message_id = alert_message.id)`),
    messagesOf: sql(`
      SELECT * FROM alert_message WHERE channel_id = ? AND (created_at_ms > ? OR state = 'waiting')
      ORDER BY created_at_ms, id`),
    // with min() SQLite takes the other columns from the row that has the minimum
    due: sql(`
      SELECT *, min(due_at_ms) FROM alert_message WHERE due_at_ms <= ? AND ${waiting} GROUP BY channel_id`),
    nextDue: sql(`SELECT min(due_at_ms) AS due_at_ms FROM alert_message WHERE ${waiting}`),
    settle: sql(`
      UPDATE alert_message
      SET state = ?, due_at_ms = ?, settled_at_ms = ?, error = ?, attempts = attempts + 1 WHERE id = ?`),
    noticesOf: sql(`
      SELECT notice.event AS told, notice.at_ms, alert.* FROM alert_notice AS notice
      JOIN alert ON alert.id = notice.alert_id WHERE message_id = ? ORDER BY notice.number`),
    list: sql(`
      SELECT * FROM alert
      WHERE (:before IS NULL OR number < :before)
        AND (:open IS NULL OR (resolved_at_ms IS NULL) = :open)
        AND (:delivery IS NULL OR EXISTS (
          SELECT 1 FROM alert_notice JOIN alert_message ON alert_message.id = message_id
          WHERE alert_id = alert.id AND alert_message.state = :delivery))
      ORDER BY number DESC LIMIT :limit`),
    deliveriesOf: sql(`
      SELECT message.*, notice.event FROM alert_notice AS notice
      JOIN alert_message AS message ON message.id = notice.message_id
      WHERE notice.alert_id = ? ORDER BY notice.number`),
  };
}

function write(sql: Statements, { opened, resolved, messages, notices }: AlertRecord, kept: number): void {
  // ends first: what is over makes room for the same thing to begin anew
  for (const { id, atMs, closing } of resolved) sql.resolve.run(atMs, JSON.stringify(closing), id);
  for (const { id, ruleId, event, modelId, openedAtMs, opening } of opened) {
    sql.open.run(id, ruleId, event, modelId, openedAtMs, JSON.stringify(opening));
  }
  for (const { id, channelId, createdAtMs, dueAtMs, isDigest } of messages) {
    sql.addMessage.run(id, channelId, createdAtMs, Number(isDigest), dueAtMs);
  }
  for (const { messageId, alertId, event, atMs } of notices) {
    if (Number(sql.noticesIn.get(messageId)?.n) < MAX_NOTICES)
      sql.addNotice.run(messageId, alertId, event, atMs);
    else sql.omit.run(messageId);
  }
  if (opened.length === 0) return;
  if (sql.dropAlerts.run(kept).changes !== 0) sql.dropMessages.run();
}

function toAlert(row: Row): Alert {
  return {
    id: String(row.id),
    ruleId: String(row.rule_id),
    event: row.event as OpeningEvent,
    modelId: row.model_id === null ? null : String(row.model_id),
    openedAtMs: Number(row.opened_at_ms),
    opening: JSON.parse(String(row.opening)) as Measure,
    resolvedAtMs: numberOrNull(row.resolved_at_ms),
    closing: row.closing === null ? null : (JSON.parse(String(row.closing)) as Measure),
  };
}

function toDue(sql: Statements, row: Row): DueMessage {
  const notices = sql.noticesOf.all(String(row.id));
  return {
    id: String(row.id),
    channelId: String(row.channel_id),
    isDigest: row.is_digest === 1,
    attempts: Number(row.attempts),
    notices: notices.map((notice) => ({
      event: notice.told as AlertEvent,
      atMs: Number(notice.at_ms),
      alert: toAlert(notice),
    })),
    omitted: Number(row.omitted),
  };
}

function toDelivery(row: Row): AlertDelivery {
  return {
    channelId: String(row.channel_id),
    event: row.event as AlertEvent,
    messageId: String(row.id),
    isDigest: row.is_digest === 1,
    state: row.state as DeliveryState,
    attempts: Number(row.attempts),
    dueAtMs: numberOrNull(row.due_at_ms),
    settledAtMs: numberOrNull(row.settled_at_ms),
    error: row.error === null ? null : String(row.error),
  };
}

function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
