import type { RequestHead } from '../ports/client.ts';
import { Fault } from './fault.ts';

const UTF8 = /^utf-?8$/;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;

/** The answer to a body over the limit. */
export function tooLargeFault(maxBytes: number): Fault {
  return new Fault('body_too_large', `the body is larger than ${maxBytes} bytes (setting limits.body_bytes)`);
}

/**
 * Refuses what would have to be decoded first: a `Content-Encoding`, a charset other than UTF-8. The media type itself
 * is not looked at: a chat body is JSON whatever `Content-Type` says, because Ollama's own examples send none.
 */
export function checkEncoding(req: RequestHead): void {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity' && encoding !== '') {
    throw new Fault(
      'unsupported_media_type',
      `Content-Encoding "${encoding}" is not read; send the body as it is`,
    );
  }
  const type = req.headers['content-type'];
  if (type === undefined || !type.includes('charset')) return;
  const charset = CHARSET.exec(type)?.[1]?.toLowerCase();
  if (charset !== undefined && !UTF8.test(charset) && charset !== 'us-ascii') {
    throw new Fault('unsupported_media_type', `the charset "${charset}" is not read; send UTF-8`);
  }
}
