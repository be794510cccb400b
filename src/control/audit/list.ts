import type { AuditEntry } from '../../contract/audit.ts';
import type { HistoryPage } from '../../ports/config-store.ts';
import type { ControlCore } from '../core.ts';

/** Who changed what, newest first. */
export async function auditList(
  { store }: Pick<ControlCore, 'store'>,
  page: HistoryPage,
): Promise<AuditEntry[]> {
  const records = await store.audit(page);
  return records.map((record) => ({
    id: record.id,
    at: new Date(record.atMs).toISOString(),
    actor: record.actor,
    actor_name: record.actorName,
    role: record.role,
    ip: record.ip,
    action: record.action,
    resource: record.resource,
    before: record.before,
    after: record.after,
    request_id: record.requestId,
    config_version: record.configVersion,
  }));
}
