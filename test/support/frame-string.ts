import { type FrameKind, frameText, type NewRecords } from '../../src/contract/frame.ts';

/** The text of a frame as its reader finds it. */
export function frameString<K extends FrameKind>(kind: K, record: NewRecords[K]): string {
  return Buffer.concat(frameText(kind, record).map((piece) => Buffer.from(piece as string))).toString();
}
