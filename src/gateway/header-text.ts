import { isUtf8 } from 'node:buffer';

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Header values are UTF-8, which Node hands over as Latin-1. Null for bytes that are not UTF-8. */
export function readHeaderText(value: string): string | null {
  if (!BEYOND_ASCII.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** True when a header stands twice. Of some, `headers` shows only the first, and a second must not go unnoticed. */
export function isRepeated(rawHeaders: readonly string[], lowerName: string): boolean {
  let found = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) found += 1;
  }
  return found > 1;
}

/** Node sends header values as Latin-1: UTF-8 bytes are passed off as such. */
export function writeHeaderText(value: string): string {
  return BEYOND_ASCII.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
}
