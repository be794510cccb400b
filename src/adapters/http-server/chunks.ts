import type { Writable } from 'node:stream';

/** Up to here a copy into one write costs less than handing the kernel several parts. */
export const JOINED_BYTES = 16 * 1024;

export const LAST_CHUNK = '0\r\n\r\n';

/**
 * Writes one chunk in the framing of HTTP/1.1 behind `head`, in one write where it is short: as text of one byte a
 * character it costs less than as a buffer. Returns false when the reader should be waited for.
 */
export function writeChunk(out: Writable, head: string, bytes: Buffer): boolean {
  const opening = `${head}${bytes.length.toString(16)}\r\n`;
  if (bytes.length <= JOINED_BYTES) return out.write(`${opening}${bytes.toString('latin1')}\r\n`, 'latin1');
  out.cork();
  out.write(opening, 'latin1');
  out.write(bytes);
  const isClear = out.write('\r\n', 'latin1');
  out.uncork();
  return isClear;
}
