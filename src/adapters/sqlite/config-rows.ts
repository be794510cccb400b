import type { SQLOutputValue } from 'node:sqlite';
import type { Role } from '../../domain/access.ts';
import type { SavedBreaker } from '../../ports/breakers.ts';
import type {
  AuditRecord,
  ResourceKind,
  StoredAlertChannel,
  StoredAlertRule,
  StoredKey,
  StoredResource,
  StoredReview,
  StoredRollout,
  StoredRolloutEvent,
  StoredSecret,
  VersionRecord,
} from '../../ports/config-store.ts';

/** Rows of `config-store.ts` as values of the port. The tables are STRICT, so a column has the type that it declares. */
type Row = Record<string, SQLOutputValue>;

const text = (value: SQLOutputValue | undefined): string => String(value);
const textOrNull = (value: SQLOutputValue | undefined): string | null =>
  value === null ? null : String(value);
const json = (value: SQLOutputValue | undefined): object | null =>
  value === null ? null : JSON.parse(String(value));

export function toResource(row: Row): StoredResource {
  return {
    kind: row.kind as ResourceKind,
    id: text(row.id),
    version: Number(row.version),
    document: json(row.document) ?? {},
  };
}

export function toKey(row: Row): StoredKey {
  return {
    id: text(row.id),
    name: text(row.name),
    role: row.role as Role,
    mayOverride: row.may_override === 1,
    digest: text(row.digest),
    createdAtMs: Number(row.created_at_ms),
  };
}

export function toSecret(row: Row): StoredSecret {
  const sealed = { keyId: text(row.key_id), bytes: row.bytes as Uint8Array };
  return { kind: row.kind as ResourceKind, id: text(row.id), field: text(row.field), sealed };
}

export function toAlertChannel(row: Row): StoredAlertChannel {
  const sealed = { keyId: text(row.key_id), bytes: row.bytes as Uint8Array };
  return { id: text(row.id), version: Number(row.version), sealed };
}

/** Of an alert rule, or a review. */
export function toDocument(row: Row): StoredAlertRule & StoredReview {
  return { id: text(row.id), version: Number(row.version), document: json(row.document) ?? {} };
}

export function toSavedBreaker(row: Row): SavedBreaker {
  return JSON.parse(text(row.saved)) as SavedBreaker; // as it was written
}

export function toRollout(row: Row): StoredRollout {
  return { id: text(row.id), document: json(row.document) ?? {}, state: json(row.state) ?? {} };
}

export function toRolloutEvent(row: Row): StoredRolloutEvent {
  return { rolloutId: text(row.rollout_id), number: Number(row.number), event: json(row.event) ?? {} };
}

export function toVersionRecord(row: Row): VersionRecord {
  return {
    version: Number(row.version),
    atMs: Number(row.at_ms),
    actor: text(row.actor),
    action: text(row.action),
    resource: text(row.resource),
  };
}

export function toAuditRecord(row: Row): AuditRecord & { readonly id: number } {
  return {
    id: Number(row.id),
    atMs: Number(row.at_ms),
    actor: text(row.actor),
    actorName: text(row.actor_name),
    role: text(row.role),
    ip: textOrNull(row.ip),
    action: text(row.action),
    resource: text(row.resource),
    before: json(row.before),
    after: json(row.after),
    requestId: textOrNull(row.request_id),
    configVersion: Number(row.config_version),
  };
}
