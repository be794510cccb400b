import type { VersionEntry } from '../../contract/config.ts';
import type { HistoryPage } from '../../ports/config-store.ts';
import type { ControlCore } from '../core.ts';

/** The kept configuration versions, newest first. */
export async function versionList(
  { store }: Pick<ControlCore, 'store'>,
  page: HistoryPage,
): Promise<VersionEntry[]> {
  const records = await store.versions(page);
  return records.map(({ version, atMs, actor, action, resource }) => ({
    config_version: version,
    at: new Date(atMs).toISOString(),
    actor,
    action,
    resource,
  }));
}
