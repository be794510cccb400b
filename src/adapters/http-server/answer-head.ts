import { STATUS_CODES } from 'node:http';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BEYOND_HEADER_TEXT = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/;

const dateLine = { second: -1, text: '' };

/**
 * The head of an answer, blank line included, as text of one byte a character. `framing` is the header that says where
 * the body ends. Throws when a value would break out of its line: they were checked before, and yet.
 */
export function answerHead(status: number, headers: readonly string[], framing: string): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  let closes = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    if (BEYOND_HEADER_TEXT.test(value)) throw new Error(`the value of header "${name}" cannot be sent`);
    if (name === 'Connection') closes = true;
    head += `${name}: ${value}\r\n`;
  }
  return `${head}${dateHeader()}${closes ? '' : 'Connection: keep-alive\r\n'}${framing}\r\n`;
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
