import { invalid } from '../../contract/fault.ts';
import type { ControlCore } from '../core.ts';
import { type Documents, toDocuments } from '../state.ts';

/** The documents that were in force in a configuration version. Throws when it is not kept. */
export async function documentsAt({ store, door }: ControlCore, version: number): Promise<Documents> {
  const resources = await store.resourcesAt(version);
  if (resources) return toDocuments(resources);
  throw invalid(
    'version',
    `${version} is not a kept configuration version; the present one is ${door.state().version}, see GET /admin/v1/config/versions`,
  );
}
