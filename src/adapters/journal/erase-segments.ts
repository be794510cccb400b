import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type FrameKind, frameText, readFrame } from '../../contract/frame.ts';
import { type Erased, withoutUser } from '../../contract/without-user.ts';
import {
  encodeFrame,
  type FoundFrame,
  FRAME_HEAD_BYTES,
  findFrames,
  payloadText,
  SEGMENT_HEADER,
} from './segment.ts';
import { type LogName, segmentNumbers, segmentPath, syncFolder } from './segment-files.ts';

export interface EraseOptions {
  readonly folder: string;
  readonly userId: string;
  readonly pseudonym: string;
  /** The newest segment of each log that nobody writes to any more. */
  readonly upTo: Readonly<Record<LogName, number>>;
}

/** Frames that were changed or emptied, by kind. */
export type ErasedFrames = Readonly<Record<FrameKind, number>>;
const NONE: ErasedFrames = { request: 0, feedback: 0, session_end: 0, derived: 0, judged: 0, text: 0 };

/** The text of an emptied frame: a kind that no reader knows, and passes over. Shorter than any other. */
const EMPTY = '["erased"]';
/** Kinds that name no user, but may be about one's requests; as their frames begin. */
const ABOUT_REQUESTS = ['["feedback"', '["session_end"'];

/**
 * Takes a user out of all finished segments. A frame keeps its place and its length, so that a place in the journal goes
 * on to mean the same request. Each segment is replaced as a whole, in one rename, and keeps its age.
 *
 * The newest segments go first: what was said about a request stands behind it. After a crash, the requests that are
 * still there lead to all that is still to be erased. Doing it again changes nothing.
 * Takes the memory of one segment. Throws where the disk fails; what was replaced until then stays so.
 */
export function eraseSegments({ folder, userId, pseudonym, upTo }: EraseOptions): ErasedFrames {
  const counts = { ...NONE };
  const pathsOf = (log: LogName) =>
    segmentNumbers(folder, log)
      .filter((number) => number <= upTo[log])
      .map((number) => segmentPath(folder, log, number))
      .reverse();
  const needle = Buffer.from(JSON.stringify(userId)); // as every frame spells it
  const erased = { userId, pseudonym, ...findRequests(pathsOf('journal'), userId, needle) };
  const hasRequests = erased.requestIds.size > 0;
  for (const path of pathsOf('texts')) eraseSegment(path, { erased, needle, hasRequests: false, counts });
  for (const path of pathsOf('journal')) eraseSegment(path, { erased, needle, hasRequests, counts });
  return counts;
}

type Found = Pick<Erased, 'requestIds' | 'instances' | 'sessionIds'>;

function findRequests(paths: readonly string[], userId: string, needle: Buffer): Found {
  const found = {
    requestIds: new Set<string>(),
    instances: new Set<string>(),
    sessionIds: new Set<string>(),
  };
  for (const path of paths) {
    const bytes = readSegment(path);
    for (const one of framesWith(bytes, needle, false)) {
      const frame = readFrame(payloadText(bytes, one));
      if (frame?.kind !== 'request' || frame.record.user_id !== userId) continue;
      const { request_id, session_instance: instance, session_id: name } = frame.record;
      found.requestIds.add(request_id);
      if (instance !== null) found.instances.add(instance);
      if (name !== null) found.sessionIds.add(name);
    }
  }
  return found;
}

interface Erasing {
  readonly erased: Erased;
  readonly needle: Buffer;
  /** So that frames may be about them. */
  readonly hasRequests: boolean;
  readonly counts: Record<FrameKind, number>;
}

function eraseSegment(path: string, { erased, needle, hasRequests, counts }: Erasing): void {
  const bytes = readSegment(path);
  let isChanged = false;
  for (const found of framesWith(bytes, needle, hasRequests)) {
    const frame = readFrame(payloadText(bytes, found));
    const replacements = frame && withoutUser(frame, erased);
    if (!frame || !replacements) continue;
    const texts = replacements.map(({ kind, record }) => frameText(kind, record));
    replaceFrame(bytes, found, [...texts, EMPTY]);
    counts[frame.kind] += 1;
    isChanged = true;
  }
  // What is left of the id stands in another's words, or in what the disk has damaged.
  if (bytes.includes(needle) && eraseDamage(bytes, needle)) isChanged = true;
  if (isChanged) replaceFile(path, bytes);
}

/** Empty where retention has just removed it. */
function readSegment(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}

/** The frames in which the needle stands, and those of kinds that are about requests, where wanted. */
function* framesWith(bytes: Buffer, needle: Buffer, isAboutWanted: boolean): Generator<FoundFrame> {
  let next = bytes.indexOf(needle);
  if (next === -1 && !(isAboutWanted && ABOUT_REQUESTS.some((opening) => bytes.includes(opening)))) return;
  for (const found of findFrames(bytes, SEGMENT_HEADER.length).frames) {
    if (next !== -1 && next < found.start) next = bytes.indexOf(needle, found.start);
    const isNamed = next !== -1 && next < found.end;
    if (isNamed || (isAboutWanted && isAboutRequests(bytes, found))) yield found;
  }
}

function isAboutRequests(bytes: Buffer, { start }: FoundFrame): boolean {
  const payload = start + FRAME_HEAD_BYTES;
  return ABOUT_REQUESTS.some(
    (opening) => bytes.toString('latin1', payload, payload + opening.length) === opening,
  );
}

/** Puts the first text that fits into the frame's place; the rest of it is blank, which JSON allows. */
function replaceFrame(bytes: Buffer, { start, end }: FoundFrame, texts: readonly string[]): void {
  const room = end - start - FRAME_HEAD_BYTES;
  const text = texts.find((one) => Buffer.byteLength(one) <= room) ?? '';
  encodeFrame([text, ' '.repeat(room - Buffer.byteLength(text))], bytes, start);
}

/** Where the disk has damaged a frame, its words may still be read: what is around the user's id becomes zeros. */
function eraseDamage(bytes: Buffer, needle: Buffer): boolean {
  let isChanged = false;
  let from = SEGMENT_HEADER.length;
  const erase = (to: number): void => {
    const damaged = bytes.subarray(from, to);
    if (!damaged.includes(needle)) return;
    damaged.fill(0);
    isChanged = true;
  };
  for (const { start, end } of findFrames(bytes, from).frames) {
    erase(start);
    from = end;
  }
  erase(bytes.length);
  return isChanged;
}

/** The old file or the new one, also after a crash. Its age decides how long it is kept, and stays. */
function replaceFile(path: string, bytes: Buffer): void {
  const { atime, mtime } = statSync(path);
  const next = `${path}.erasing`;
  writeFileSync(next, bytes, { mode: 0o600 });
  const fd = openSync(next, 'r+');
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  utimesSync(next, atime, mtime);
  // Retention may have removed it meanwhile.
  if (existsSync(path)) renameSync(next, path);
  else rmSync(next);
  syncFolder(dirname(path));
}
