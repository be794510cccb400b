import { crc32 } from 'node:zlib';
import { FRAME_OPENING, type JsonPieces } from '../../contract/frame.ts';

/** First bytes of every segment: what it is, and the version of its form. */
export const SEGMENT_HEADER = Buffer.from('SLUICEJ1', 'latin1');
/** Before each payload: its length and its CRC-32, both unsigned 32 bit, big-endian. */
export const FRAME_HEAD_BYTES = 8;
/** A length above it is damage, not a frame. */
export const MAX_PAYLOAD_BYTES = 0xff_ffff;
/** The form of a payload is UTF-8: what a UTF-16 unit can become. */
const MAX_BYTES_PER_UNIT = 3;

/** What `encodeFrame` needs at most. */
export function maxFrameBytes(pieces: JsonPieces): number {
  let most = FRAME_HEAD_BYTES;
  for (const piece of pieces)
    most += typeof piece === 'string' ? MAX_BYTES_PER_UNIT * piece.length : piece.length;
  return most;
}

/** Writes length, CRC and text into `target` from `start` on; gives the offset behind them. */
export function encodeFrame(pieces: JsonPieces, target: Buffer, start: number): number {
  const payload = start + FRAME_HEAD_BYTES;
  let end = payload;
  for (const piece of pieces) {
    if (typeof piece === 'string') end += target.write(piece, end);
    else {
      target.set(piece, end);
      end += piece.length;
    }
  }
  target.writeUInt32BE(end - payload, start);
  target.writeUInt32BE(crc32(target.subarray(payload, end)), start + 4);
  return end;
}

export interface FoundFrame {
  /** Offset of its first byte, and of the one behind it. */
  readonly start: number;
  readonly end: number;
}

/** The JSON text of a frame that was found in these bytes. */
export function payloadText(bytes: Buffer, { start, end }: FoundFrame): string {
  return bytes.toString('utf8', start + FRAME_HEAD_BYTES, end);
}

export interface Found {
  readonly frames: readonly FoundFrame[];
  /** Behind the last whole frame. */
  readonly end: number;
  /** Damaged bytes before `end`. */
  readonly lostBytes: number;
}

/** Every whole, undamaged frame of `bytes` from `start` on. What is damaged is passed over up to the next good frame. */
export function findFrames(bytes: Buffer, start: number): Found {
  const frames: FoundFrame[] = [];
  let lostBytes = 0;
  let at = start;
  for (;;) {
    const next = isFrame(bytes, at) ? at : nextFrame(bytes, at + 1);
    if (next === -1) return { frames, end: at, lostBytes };
    lostBytes += next - at;
    const end = frameEnd(bytes, next);
    frames.push({ start: next, end });
    at = end;
  }
}

/** The whole, undamaged frame that begins there, if one does. */
export function frameAt(bytes: Buffer, start: number): FoundFrame | null {
  return isFrame(bytes, start) ? { start, end: frameEnd(bytes, start) } : null;
}

function frameEnd(bytes: Buffer, at: number): number {
  return at + FRAME_HEAD_BYTES + bytes.readUInt32BE(at);
}

function isFrame(bytes: Buffer, at: number): boolean {
  const payload = at + FRAME_HEAD_BYTES;
  if (payload > bytes.length) return false;
  const length = bytes.readUInt32BE(at);
  // Zeros, as a crash leaves them, are an empty payload with its right CRC.
  if (length < FRAME_OPENING.length || length > MAX_PAYLOAD_BYTES || length > bytes.length - payload)
    return false;
  if (!opensAt(bytes, payload)) return false;
  return crc32(bytes.subarray(payload, payload + length)) === bytes.readUInt32BE(at + 4);
}

/**
 * The next good frame, or -1. Cheap over long texts: a length's first byte is zero, which JSON never holds, so that
 * nothing inside a frame looks like one.
 */
function nextFrame(bytes: Buffer, from: number): number {
  for (;;) {
    const opening = bytes.indexOf(FRAME_OPENING, from + FRAME_HEAD_BYTES, 'latin1');
    if (opening === -1) return -1;
    const at = opening - FRAME_HEAD_BYTES;
    if (bytes[at] === 0 && isFrame(bytes, at)) return at;
    from = at + 1;
  }
}

function opensAt(bytes: Buffer, payload: number): boolean {
  for (let at = 0; at < FRAME_OPENING.length; at += 1) {
    if (bytes[payload + at] !== FRAME_OPENING.charCodeAt(at)) return false;
  }
  return true;
}
