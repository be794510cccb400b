/** Up to here a copy into one write costs less than handing the kernel several parts. */
export const JOINED_BYTES = 16 * 1024;

export const CRLF = '\r\n';
export const LAST_CHUNK = '0\r\n\r\n';

/** One chunk in the framing of HTTP/1.1, as text of one byte a character. */
export function chunkOf(bytes: Buffer): string {
  return `${bytes.length.toString(16)}\r\n${bytes.toString('latin1')}\r\n`;
}
