import { AdminFault, invalid } from '../contract/fault.ts';

/** What the caller believes to change. */
export interface Expected {
  /** The version of `If-Match`; null when none was sent. */
  readonly ifMatch: number | null;
  /** `id` and `version` of a document that is given back. */
  readonly id?: string | undefined;
  readonly version?: number | undefined;
}

/** A resource to remove, and which version of it. */
export interface Removal {
  readonly id: string;
  readonly ifMatch: number | null;
}

/** Throws `stale` when the resource has another version than the caller has seen. */
export function checkExpected(
  expected: Expected,
  present: { readonly id: string; readonly version: number },
): void {
  if (expected.id !== undefined && expected.id !== present.id) {
    throw invalid('id', `cannot change: this is "${present.id}"; make a new one and delete this one`);
  }
  for (const seen of [expected.ifMatch, expected.version]) {
    if (seen === null || seen === undefined || seen === present.version) continue;
    const message = `${present.id} is at version ${present.version}, you have seen ${seen}; read it again`;
    throw new AdminFault('stale', message, [{ path: 'version', message }]);
  }
}
