import type { Span } from './wire.ts';

/** Replaces the bytes from `at` up to `until` by `text`; `at === until` inserts. */
export interface Patch {
  readonly at: number;
  readonly until: number;
  readonly text: string;
}

/** An object inside some bytes: what `scanObject` finds, or a whole `RawBody`. */
export interface SpannedObject {
  /** Offset of the opening brace. */
  readonly open: number;
  readonly spans: ReadonlyMap<string, Span>;
}

/** New values by key, as JSON text; null removes the member. A key that is absent is added after the last member. */
export type Edits = ReadonlyMap<string, string | null>;

/** The patches that make the edits. Bytes of other members, and the white space between them, stay as they are. */
export function memberPatches(object: SpannedObject, edits: Edits): Patch[] {
  const patches: Patch[] = [];
  let previousEnd = -1; // of the member before, kept or not
  let keptEnd = -1; // of the last kept member
  let removedFrom = -1; // where removed members at the front begin; their comma goes with them
  for (const [key, span] of object.spans) {
    const edit = edits.get(key);
    if (edit === null) {
      if (keptEnd === -1) {
        if (removedFrom === -1) removedFrom = span.keyStart;
      } else patches.push({ at: previousEnd, until: span.end, text: '' });
    } else {
      if (removedFrom !== -1) patches.push({ at: removedFrom, until: span.keyStart, text: '' });
      removedFrom = -1;
      keptEnd = span.end;
      if (edit !== undefined) patches.push({ at: span.start, until: span.end, text: edit });
    }
    previousEnd = span.end;
  }
  if (removedFrom !== -1) patches.push({ at: removedFrom, until: previousEnd, text: '' });
  let comma = keptEnd === -1 ? '' : ',';
  const end = keptEnd === -1 ? Math.max(previousEnd, object.open + 1) : keptEnd;
  for (const [key, text] of edits) {
    if (text === null || object.spans.has(key)) continue;
    patches.push({ at: end, until: end, text: `${comma}${JSON.stringify(key)}:${text}` });
    comma = ',';
  }
  return patches;
}

/**
 * The bytes with all patches made, in pieces: nothing of what stays is copied. Patches must not overlap; those at one
 * place are made in the given order.
 */
export function patchedPieces(bytes: Buffer, patches: readonly Patch[]): readonly Buffer[] {
  if (patches.length === 0) return [bytes];
  const ordered = patches.toSorted((a, b) => a.at - b.at || a.until - b.until);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { at, until, text } of ordered) {
    if (at > from) pieces.push(bytes.subarray(from, at));
    if (text !== '') pieces.push(Buffer.from(text));
    from = Math.max(from, until);
  }
  if (from < bytes.length) pieces.push(bytes.subarray(from));
  return pieces;
}

/** The same in one piece. */
export function applyPatches(bytes: Buffer, patches: readonly Patch[]): Buffer {
  return patches.length === 0 ? bytes : Buffer.concat(patchedPieces(bytes, patches));
}
