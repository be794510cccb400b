import { STATUS_CODES } from 'node:http';
import { headerLines } from '../http/header-lines.ts';

const dateLine = { second: -1, text: '' };

/**
 * The head of an answer, blank line included, as text of one byte a character. `framing`: the header lines that say where
 * the body ends and whether the connection goes on. Throws when a value would break out of its line.
 */
export function answerHead(status: number, headers: readonly string[], framing: string): string {
  const reason = STATUS_CODES[status] ?? 'Unknown';
  return `HTTP/1.1 ${status} ${reason}\r\n${headerLines(headers)}${dateHeader()}${framing}\r\n`;
}

/** True when the answer says that it is the connection's last. */
export function closesConnection(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i] === 'Connection') return headers[i + 1] === 'close';
  return false;
}

/** Made once a second. */
function dateHeader(): string {
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== dateLine.second) {
    dateLine.second = second;
    dateLine.text = `Date: ${new Date(now).toUTCString()}\r\n`;
  }
  return dateLine.text;
}
