import type { Principal } from '../domain/access.ts';

/** Turns a presented key into a principal. Writes nothing, whatever is presented. */
export interface AccessTable {
  find(presentedKey: string): Principal | null;
  /** Changes whenever an answer of `find` may have changed: who remembers one must ask again. */
  readonly generation: number;
}
