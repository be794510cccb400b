import type { IncomingMessage } from 'node:http';
import { Fault } from './fault.ts';

/** What a client may still send after its 413, so that it lives to read it; then the connection is cut. */
const LINGER_BYTES = 64 * 1024 * 1024;
const UTF8 = /^utf-?8$/;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;

/**
 * Reads the body of a request. One of the two callbacks is called, once; neither when the client goes away first.
 * A body over the limit fails as soon as it is announced or reached, never after it was kept.
 */
export function readBody(
  req: IncomingMessage,
  maxBytes: number,
  done: (body: Buffer) => void,
  fail: (fault: Fault) => void,
): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let tooLarge = false;
  const refuse = (): void => {
    tooLarge = true;
    chunks = [];
    fail(
      new Fault('body_too_large', `the body is larger than ${maxBytes} bytes (setting limits.body_bytes)`),
    );
  };
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (tooLarge) {
      if (size > LINGER_BYTES) req.destroy();
    } else if (size > maxBytes) refuse();
    else chunks.push(chunk);
  });
  req.on('end', () => {
    if (tooLarge) return;
    const only = chunks[0];
    done(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    chunks = [];
  });
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) refuse();
}

/**
 * Refuses what would have to be decoded first: a `Content-Encoding`, a charset other than UTF-8. The media type itself
 * is not looked at: a chat body is JSON whatever `Content-Type` says, because Ollama's own examples send none.
 */
export function checkEncoding(req: IncomingMessage): void {
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
