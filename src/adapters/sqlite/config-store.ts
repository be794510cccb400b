import type { DatabaseSync } from 'node:sqlite';
import {
  type AuditRecord,
  type Commit,
  type ConfigStore,
  KEPT_VERSIONS,
  LostLeaseError,
  StaleStateError,
  type StoredResource,
  type StoredState,
} from '../../ports/config-store.ts';
import {
  toAlertChannel,
  toAuditRecord,
  toDocument,
  toKey,
  toResource,
  toRollout,
  toRolloutEvent,
  toSavedBreaker,
  toSecret,
  toVersionRecord,
} from './config-rows.ts';
import { createLargeParts } from './large-parts.ts';
import { openDatabase } from './open.ts';
import { inTransaction } from './transaction.ts';

export interface ConfigStoreOptions {
  /** File name, or `:memory:`. */
  readonly path: string;
  /** How many configuration versions stay; 1,000 unless a test asks for fewer. */
  readonly keptVersions?: number;
}

/** The configuration store in one SQLite file. Every method does its work before it returns. */
export function openConfigStore({ path, keptVersions = KEPT_VERSIONS }: ConfigStoreOptions): ConfigStore {
  const database = openDatabase(path);
  const sql = statements(database);
  return {
    load: async () => inTransaction(database, () => loadState(sql)),
    commit: async (commit) => {
      inTransaction(database, () => writeCommit(sql, commit, keptVersions));
      if (commit.erases) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    resourcesAt: async (version) => {
      if (!sql.version.get(version)) return null;
      return resourcesAt(sql, version);
    },
    versions: async ({ before, limit }) => sql.versions.all(before, before, limit).map(toVersionRecord),
    audit: async ({ before, limit }) => sql.audit.all(before, before, limit).map(toAuditRecord),
    takeLease: async () =>
      inTransaction(database, () => {
        const fence = fenceOf(sql) + 1;
        sql.setMeta.run('fence', fence);
        return fence;
      }),
    rolloutEvents: async (id, { before, limit }) =>
      sql.rolloutEvents.all(id, before, before, limit).map(toRolloutEvent),
    close: async () => database.close(),
  };
}

type Statements = ReturnType<typeof statements>;

function statements(database: DatabaseSync) {
  const sql = (text: string) => database.prepare(text);
  return {
    largeParts: createLargeParts(database),
    meta: sql('SELECT value FROM meta WHERE name = ?'),
    setMeta: sql('INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'),
    newestVersion: sql('SELECT coalesce(max(version), 0) AS version FROM config_version'),
    version: sql('SELECT version FROM config_version WHERE version = ?'),
    versions: sql(
      'SELECT * FROM config_version WHERE ? IS NULL OR version < ? ORDER BY version DESC LIMIT ?',
    ),
    addVersion: sql('INSERT INTO config_version VALUES (?, ?, ?, ?, ?)'),
    dropVersions: sql('DELETE FROM config_version WHERE version < ?'),
    resources: sql(`
      SELECT kind, id, max(version) AS version, document FROM resource
      WHERE version <= ? GROUP BY kind, id HAVING document IS NOT NULL ORDER BY kind, id`),
    addResource: sql('INSERT INTO resource VALUES (?, ?, ?, ?)'),
    // What was superseded in the version that is now the oldest kept one, and deletions that nothing precedes.
    dropSuperseded: sql(`
      DELETE FROM resource WHERE version < :oldest AND EXISTS (
        SELECT 1 FROM resource AS later
        WHERE later.kind = resource.kind AND later.id = resource.id
          AND later.version > resource.version AND later.version <= :oldest)`),
    dropTombstones: sql('DELETE FROM resource WHERE version <= ? AND document IS NULL'),
    keys: sql('SELECT * FROM access_key ORDER BY created_at_ms, id'),
    addKey: sql('INSERT INTO access_key VALUES (?, ?, ?, ?, ?, ?)'),
    dropKey: sql('DELETE FROM access_key WHERE id = ?'),
    secrets: sql('SELECT * FROM secret ORDER BY kind, id, field'),
    putSecret: sql('INSERT OR REPLACE INTO secret VALUES (?, ?, ?, ?, ?)'),
    dropSecret: sql('DELETE FROM secret WHERE kind = ? AND id = ? AND field = ?'),
    alertChannels: sql('SELECT * FROM alert_channel ORDER BY id'),
    putAlertChannel: sql('INSERT OR REPLACE INTO alert_channel VALUES (?, ?, ?, ?)'),
    dropAlertChannel: sql('DELETE FROM alert_channel WHERE id = ?'),
    alertRules: sql('SELECT * FROM alert_rule ORDER BY id'),
    putAlertRule: sql('INSERT OR REPLACE INTO alert_rule VALUES (?, ?, ?)'),
    dropAlertRule: sql('DELETE FROM alert_rule WHERE id = ?'),
    reviews: sql('SELECT * FROM review ORDER BY id'),
    putReview: sql('INSERT OR REPLACE INTO review VALUES (?, ?, ?)'),
    dropReview: sql('DELETE FROM review WHERE id = ?'),
    breakers: sql('SELECT saved FROM breaker ORDER BY model_id'),
    putBreaker: sql('INSERT OR REPLACE INTO breaker VALUES (?, ?)'),
    dropBreaker: sql('DELETE FROM breaker WHERE model_id = ?'),
    rollouts: sql('SELECT * FROM rollout ORDER BY id'),
    putRollout: sql('INSERT OR REPLACE INTO rollout VALUES (?, ?, ?)'),
    addRolloutEvent: sql('INSERT INTO rollout_event VALUES (?, ?, ?)'),
    rolloutEvents: sql(`
      SELECT * FROM rollout_event WHERE rollout_id = ? AND (? IS NULL OR number < ?) ORDER BY number DESC LIMIT ?`),
    audit: sql('SELECT * FROM audit WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?'),
    addAudit: sql(`
      INSERT INTO audit (at_ms, actor, actor_name, role, ip, action, resource, before, after, request_id, config_version)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  };
}

function loadState(sql: Statements): StoredState {
  const masterKeyId = sql.meta.get('master_key_id')?.value;
  const version = Number(sql.newestVersion.get()?.version);
  return {
    revision: Number(sql.meta.get('revision')?.value),
    version,
    masterKeyId: typeof masterKeyId === 'string' ? masterKeyId : null,
    resources: resourcesAt(sql, version),
    keys: sql.keys.all().map(toKey),
    secrets: sql.secrets.all().map(toSecret),
    alertChannels: sql.alertChannels.all().map(toAlertChannel),
    alertRules: sql.alertRules.all().map(toDocument),
    reviews: sql.reviews.all().map(toDocument),
    breakers: sql.breakers.all().map(toSavedBreaker),
    rollouts: sql.rollouts.all().map(toRollout),
  };
}

function resourcesAt(sql: Statements, version: number): StoredResource[] {
  return sql.resources.all(version).map((row) => sql.largeParts.attach(toResource(row)));
}

function writeCommit(sql: Statements, commit: Commit, keptVersions: number): void {
  const revision = Number(sql.meta.get('revision')?.value);
  if (revision !== commit.expectedRevision) throw new StaleStateError(commit.expectedRevision, revision);
  sql.setMeta.run('revision', revision + 1);
  if (commit.masterKeyId !== undefined) sql.setMeta.run('master_key_id', commit.masterKeyId);
  if (commit.version) writeVersion(sql, commit, commit.version.version - keptVersions + 1);

  for (const id of commit.keyDeletes ?? []) sql.dropKey.run(id);
  for (const key of commit.keyPuts ?? []) {
    sql.addKey.run(key.id, key.name, key.role, Number(key.mayOverride), key.digest, key.createdAtMs);
  }
  for (const { kind, id, field } of commit.secretDeletes ?? []) sql.dropSecret.run(kind, id, field);
  for (const { kind, id, field, sealed } of commit.secretPuts ?? []) {
    sql.putSecret.run(kind, id, field, sealed.keyId, sealed.bytes);
  }
  writeAlerting(sql, commit);
  for (const id of commit.reviewDeletes ?? []) sql.dropReview.run(id);
  for (const { id, version, document } of commit.reviewPuts ?? []) {
    sql.putReview.run(id, version, JSON.stringify(document));
  }
  for (const modelId of commit.breakerDeletes ?? []) sql.dropBreaker.run(modelId);
  for (const saved of commit.breakerPuts ?? []) sql.putBreaker.run(saved.modelId, JSON.stringify(saved));
  if (commit.rollouts) writeRollouts(sql, commit.rollouts);
  if (commit.audit) writeAudit(sql, commit.audit);
}

function fenceOf(sql: Statements): number {
  return Number(sql.meta.get('fence')?.value ?? 0);
}

function writeRollouts(sql: Statements, { fence, puts, events }: NonNullable<Commit['rollouts']>): void {
  const newest = fenceOf(sql);
  if (fence !== newest) throw new LostLeaseError(fence, newest);
  for (const { id, document, state } of puts) {
    sql.putRollout.run(id, JSON.stringify(document), JSON.stringify(state));
  }
  for (const { rolloutId, number, event } of events) {
    sql.addRolloutEvent.run(rolloutId, number, JSON.stringify(event));
  }
}

function writeAudit(sql: Statements, audit: AuditRecord): void {
  const before = audit.before && JSON.stringify(audit.before);
  const after = audit.after && JSON.stringify(audit.after);
  const who = [audit.atMs, audit.actor, audit.actorName, audit.role, audit.ip] as const;
  sql.addAudit.run(...who, audit.action, audit.resource, before, after, audit.requestId, audit.configVersion);
}

function writeAlerting(sql: Statements, commit: Commit): void {
  for (const id of commit.alertChannelDeletes ?? []) sql.dropAlertChannel.run(id);
  for (const { id, version, sealed } of commit.alertChannelPuts ?? []) {
    sql.putAlertChannel.run(id, version, sealed.keyId, sealed.bytes);
  }
  for (const id of commit.alertRuleDeletes ?? []) sql.dropAlertRule.run(id);
  for (const { id, version, document } of commit.alertRulePuts ?? []) {
    sql.putAlertRule.run(id, version, JSON.stringify(document));
  }
}

function writeVersion(sql: Statements, commit: Commit, oldestKept: number): void {
  if (!commit.version) return;
  const { version, atMs, actor, action, resource } = commit.version;
  sql.addVersion.run(version, atMs, actor, action, resource);
  for (const put of commit.puts ?? []) {
    const document = sql.largeParts.detach({ ...put, version });
    sql.addResource.run(put.kind, put.id, version, JSON.stringify(document));
  }
  for (const { kind, id } of commit.deletes ?? []) sql.addResource.run(kind, id, version, null);
  if (oldestKept <= 1) return;
  sql.dropVersions.run(oldestKept);
  sql.dropSuperseded.run({ oldest: oldestKept });
  sql.dropTombstones.run(oldestKept);
}
