import type { UserDataErased } from '../contract/erasure.ts';
import { invalid } from '../contract/fault.ts';
import type { AnalysisCore } from './core.ts';

/** As the gateway takes no longer id, none is kept. */
const MAX_BYTES = 512;

/** Takes a user out of the record. Throws `invalid` for what can be no user's id. */
export async function eraseUser({ userData }: AnalysisCore, userId: string): Promise<UserDataErased> {
  if (Buffer.byteLength(userId) > MAX_BYTES) throw invalid('id', `is longer than ${MAX_BYTES} bytes`);
  return userData.erase(userId);
}
