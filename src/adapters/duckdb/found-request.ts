import type { RequestRecord } from '../../contract/event.ts';
import { readFrame } from '../../contract/frame.ts';
import type { RequestRow, SaidRow } from '../../ports/event-store.ts';

/** A request as it crosses to the asking process: the texts of its frames, so that it is parsed once, there. */
export interface FoundRequest {
  readonly frame: string;
  /** The frame of what was said. */
  readonly said: string | null;
  readonly found: Omit<RequestRow, keyof RequestRecord>;
}

export function requestOf({ frame, found }: FoundRequest): RequestRow {
  return Object.assign(recordOf(frame), found);
}

export function recordOf(frame: string): RequestRecord {
  const read = readFrame(frame);
  if (read?.kind !== 'request') throw new Error('the index points to a frame that is no request; rebuild it');
  return read.record;
}

export function saidOf(text: string | null): SaidRow | null {
  const read = text === null ? null : readFrame(text);
  if (read?.kind !== 'text') return null; // erased since it was indexed
  const { request_id, messages, answer, thinking, is_cut, before = null } = read.record;
  return { request_id, messages, answer, thinking, is_cut, before };
}
