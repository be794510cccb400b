import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** First bytes of every segment: what it is, and the version of its form. */
export const SEGMENT_HEADER = Buffer.from('SLUICEJ1', 'latin1');
/** Before each payload: its length and its CRC-32, both unsigned 32 bit, big-endian. */
export const FRAME_HEAD_BYTES = 8;
/** No record comes near it; a length above it is damage, not a frame. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

const READ_BYTES = 1024 * 1024;

export interface SegmentScan {
  /** Length of the longest prefix of whole, undamaged frames; 0 when the header itself is not ours. */
  readonly validBytes: number;
  readonly sizeBytes: number;
  /** True when what follows the prefix can only be a write that was cut off: an unfinished last frame. */
  readonly torn: boolean;
}

/**
 * Reads a segment from its start, handing each payload to `onPayload`, until the first frame that is not whole.
 * A payload is valid only during the call.
 */
export function scanSegment(path: string, onPayload: (payload: Buffer) => void = () => {}): SegmentScan {
  const fd = openSync(path, 'r');
  try {
    const sizeBytes = fstatSync(fd).size;
    let window = readAt(fd, 0, READ_BYTES);
    let windowStart = 0;
    let at = SEGMENT_HEADER.length;
    if (!window.subarray(0, at).equals(SEGMENT_HEADER)) {
      return { validBytes: 0, sizeBytes, torn: sizeBytes < SEGMENT_HEADER.length };
    }
    for (;;) {
      const left = sizeBytes - at;
      if (left < FRAME_HEAD_BYTES) return { validBytes: at, sizeBytes, torn: true };
      if (at + FRAME_HEAD_BYTES > windowStart + window.length) {
        window = readAt(fd, at, READ_BYTES);
        windowStart = at;
      }
      const length = window.readUInt32BE(at - windowStart);
      const crc = window.readUInt32BE(at - windowStart + 4);
      const start = at + FRAME_HEAD_BYTES;
      if (length > MAX_PAYLOAD_BYTES) return { validBytes: at, sizeBytes, torn: false };
      if (length > left - FRAME_HEAD_BYTES) return { validBytes: at, sizeBytes, torn: true };
      if (start + length > windowStart + window.length) {
        window = readAt(fd, start, Math.max(length, READ_BYTES));
        windowStart = start;
      }
      const payload = window.subarray(start - windowStart, start - windowStart + length);
      if (payload.length < length || crc32(payload) !== crc)
        return { validBytes: at, sizeBytes, torn: false };
      onPayload(payload);
      at = start + length;
    }
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, position: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const read = readSync(fd, buffer, filled, bytes - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}
