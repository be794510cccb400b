import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from './transaction.ts';

/**
 * Forward-only; the place in the list is the number. A released entry never changes: correct it with a new one.
 * `resource` holds every kept version of every document; a null document marks a deletion. A large field of a document
 * is null there and stands in `part`, once, however many versions share it; the last of them takes it along.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('revision', 0);
  CREATE TABLE config_version (
    version INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, resource TEXT NOT NULL
  ) STRICT;
  CREATE TABLE resource (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, document TEXT,
    PRIMARY KEY (kind, id, version)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX resource_by_version ON resource (version);
  CREATE TABLE access_key (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, may_override INTEGER NOT NULL,
    digest TEXT NOT NULL UNIQUE, created_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE secret (
    kind TEXT NOT NULL, id TEXT NOT NULL, field TEXT NOT NULL, key_id TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (kind, id, field)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, actor_name TEXT NOT NULL,
    role TEXT NOT NULL, ip TEXT, action TEXT NOT NULL, resource TEXT NOT NULL, before TEXT, after TEXT,
    request_id TEXT, config_version INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE part (hash TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE resource_part (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, field TEXT NOT NULL,
    hash TEXT NOT NULL REFERENCES part,
    PRIMARY KEY (kind, id, version, field),
    FOREIGN KEY (kind, id, version) REFERENCES resource ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX resource_part_by_hash ON resource_part (hash);
  CREATE TRIGGER drop_unused_part AFTER DELETE ON resource_part
  WHEN NOT EXISTS (SELECT 1 FROM resource_part WHERE hash = old.hash)
  BEGIN DELETE FROM part WHERE hash = old.hash; END;
  `,
  // one open alert for a rule and a model, whoever writes; a notice is told in one message of a channel
  `
  CREATE TABLE alert_channel (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, key_id TEXT NOT NULL, bytes BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE alert_rule (id TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE alert (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, rule_id TEXT NOT NULL, event TEXT NOT NULL,
    model_id TEXT, opened_at_ms INTEGER NOT NULL, opening TEXT NOT NULL, resolved_at_ms INTEGER, closing TEXT
  ) STRICT;
  CREATE UNIQUE INDEX open_alert ON alert (rule_id, coalesce(model_id, '')) WHERE resolved_at_ms IS NULL;
  CREATE TABLE alert_message (
    id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, created_at_ms INTEGER NOT NULL, is_digest INTEGER NOT NULL,
    omitted INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at_ms INTEGER,
    settled_at_ms INTEGER, error TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX due_alert_message ON alert_message (due_at_ms) WHERE state = 'waiting';
  CREATE INDEX recent_alert_message ON alert_message (created_at_ms);
  CREATE TABLE alert_notice (
    number INTEGER PRIMARY KEY, message_id TEXT NOT NULL REFERENCES alert_message ON DELETE CASCADE,
    alert_id TEXT NOT NULL REFERENCES alert (id) ON DELETE CASCADE, event TEXT NOT NULL, at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX notice_by_message ON alert_notice (message_id);
  CREATE INDEX notice_by_alert ON alert_notice (alert_id);
  `,
  `
  CREATE TABLE breaker (model_id TEXT PRIMARY KEY, saved TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // what was clear at some look at an experiment, since the first
  `
  CREATE TABLE experiment_crossing (
    experiment_id TEXT NOT NULL, metric TEXT NOT NULL, arm TEXT NOT NULL, verdict TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (experiment_id, metric, arm, verdict)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE rollout (id TEXT PRIMARY KEY, document TEXT NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE rollout_event (
    rollout_id TEXT NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (rollout_id, number)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE review (id TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
  `,
];

/** Applies what is missing, each step wholly or not at all. */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const done = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (done > migrations.length) {
    throw new Error(
      `its schema has number ${done}, this version of Sluice knows up to ${migrations.length}; use a newer Sluice`,
    );
  }
  for (const [offset, sql] of migrations.slice(done).entries()) {
    inTransaction(database, () => {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${done + offset + 1}`);
    });
  }
}
