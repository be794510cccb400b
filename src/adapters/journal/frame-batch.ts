import type { JsonPieces } from '../../contract/frame.ts';
import { encodeFrame, FRAME_HEAD_BYTES, MAX_PAYLOAD_BYTES, maxFrameBytes } from './segment.ts';

/** Frames that are written together; more than this is written early. */
const BATCH_BYTES = 512 * 1024;

/** Frames one behind the other. */
export interface Frames {
  readonly bytes: Buffer;
  /** Offset behind each frame; at least one. */
  readonly ends: readonly number[];
}

/** Collects the frames of one turn of the event loop in one buffer. */
export interface FrameBatch {
  /** False when the batch must be taken first. Throws RangeError for what is larger than any frame. */
  add(text: JsonPieces): boolean;
  /** What was collected, or null; valid until the next `add`. */
  take(): Frames | null;
}

export function createFrameBatch(): FrameBatch {
  let batch: Buffer | null = null; // kept: a buffer for every turn would cost more than the writing
  let large: Buffer | null = null; // a frame that fits into no batch
  let ends: number[] = [];
  return {
    add(text) {
      const start = ends.at(-1) ?? 0;
      const needed = maxFrameBytes(text);
      if (start + needed > BATCH_BYTES) {
        if (start > 0) return false;
        if (needed > 3 * (FRAME_HEAD_BYTES + MAX_PAYLOAD_BYTES)) throw tooLarge();
        large = Buffer.allocUnsafe(needed);
        const end = encodeFrame(text, large, 0);
        if (end - FRAME_HEAD_BYTES > MAX_PAYLOAD_BYTES) {
          large = null;
          throw tooLarge();
        }
        ends.push(end);
        return true;
      }
      if (large !== null) return false;
      batch ??= Buffer.allocUnsafeSlow(BATCH_BYTES);
      ends.push(encodeFrame(text, batch, start));
      return true;
    },
    take() {
      const size = ends.at(-1);
      const source = large ?? batch;
      if (size === undefined || source === null) return null;
      const taken = { bytes: source.subarray(0, size), ends };
      ends = [];
      large = null;
      return taken;
    },
  };
}

function tooLarge(): RangeError {
  return new RangeError(`a record takes more than the ${MAX_PAYLOAD_BYTES} bytes of a frame`);
}
