import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHead } from '../../ports/client.ts';

/** As for `node:http` (`SERVER_OPTIONS`): the lane next door would refuse a longer one. */
export const MAX_HEAD_BYTES = 16 * 1024;
const METHOD = 'POST ';
const VERSION = ' HTTP/1.1';
const TARGET = /^\/[\x21-\x7e]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Tabs, printable ASCII, bytes beyond it: nothing that could end a line. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,9}$/;
/** What changes where a request ends, or who speaks next. */
const NEVER: ReadonlySet<string> = new Set(['transfer-encoding', 'expect', 'upgrade', 'trailer']);
const TAB = 0x09;
const SPACE = 0x20;

/** A head about which no two readers can disagree. */
export interface PlainHead extends RequestHead {
  readonly method: 'POST';
  readonly url: string;
  readonly contentLength: number;
}

/** False when these bytes cannot be the beginning of a plain head. */
export function mayBePlain(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, METHOD.length);
  for (let at = 0; at < length; at += 1) if (bytes[at] !== METHOD.charCodeAt(at)) return false;
  return bytes.length <= MAX_HEAD_BYTES;
}

/**
 * Reads `bytes[0, end)`, a head without its blank line, if it is plain: a POST in HTTP/1.1 with one `Content-Length`,
 * every header once and spelled by the book, the connection kept. Null for anything else, good or bad: `node:http`
 * takes that over and judges it.
 */
export function readPlainHead(bytes: Buffer, end: number): PlainHead | null {
  const text = bytes.toString('latin1', 0, end);
  const lineEnd = endOfLine(text, 0);
  if (!text.startsWith(METHOD) || !text.startsWith(VERSION, lineEnd - VERSION.length)) return null;
  const url = text.slice(METHOD.length, lineEnd - VERSION.length);
  if (!TARGET.test(url)) return null;

  const headers: IncomingHttpHeaders = Object.create(null);
  const rawHeaders: string[] = [];
  for (let at = lineEnd + 2; at < text.length; ) {
    const stop = endOfLine(text, at);
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon > stop) return null;
    const name = text.slice(at, colon);
    const value = headerValue(bytes, colon + 1, stop);
    const key = keyOf(name);
    if (key === null || NEVER.has(key) || key in headers || !VALUE.test(value)) return null;
    headers[key] = value;
    rawHeaders.push(name, value);
    at = stop + 2;
  }
  const { connection } = headers;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return null;
  const length = headers['content-length'];
  if (length === undefined || !LENGTH.test(length) || headers.host === undefined) return null;
  return { method: 'POST', url, headers, rawHeaders, contentLength: Number(length) };
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\r\n', from);
  return at === -1 ? text.length : at;
}

/** A string of its own, not a slice of the head: a remembered user id must not hold all of it. */
function headerValue(bytes: Buffer, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && (bytes[start] === SPACE || bytes[start] === TAB)) start += 1;
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end -= 1;
  return bytes.toString('latin1', start, end);
}

/** Clients send the same few names all the time. */
const MAX_KEYS = 500;
const keys = new Map<string, string>();

/** The lower-case form of a header's name; null for what is no name. */
function keyOf(name: string): string | null {
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (!NAME.test(name)) return null;
  const key = name.toLowerCase();
  if (keys.size < MAX_KEYS && name.length <= 64) keys.set(name, key);
  return key;
}
