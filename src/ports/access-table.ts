import type { Principal } from '../domain/access.ts';

/** Turns a presented key into a principal. Writes nothing, whatever is presented. */
export interface AccessTable {
  find(presentedKey: string): Principal | null;
}
