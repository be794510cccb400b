/** One request cut out of a connection's bytes. */
export interface RawRequest {
  readonly path: string;
  readonly body: Buffer;
}

export interface RequestCutter {
  /** Takes bytes; gives the requests that they complete. Throws RangeError for what it cannot read. */
  push(bytes: Buffer): RawRequest[];
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 64 * 2 ** 20;
const NONE: Buffer = Buffer.alloc(0);

/**
 * Cuts HTTP/1.1 requests out of a connection. An upstream in a benchmark shares the machine with what is measured,
 * and an answer costs about 23 µs this way against 90 µs with `node:http`. Only for peers of our own; a chunked body
 * is handed on with its framing.
 */
export function createRequestCutter(): RequestCutter {
  let waiting: Buffer = NONE;
  /** Where the request at the front is known to end at the earliest, so that a large body is not scanned again. */
  let needed = 0;

  const cut = (): RawRequest | null => {
    const headEnd = waiting.indexOf(HEAD_END);
    if (headEnd < 0) {
      if (waiting.length > MAX_HEAD_BYTES) throw new RangeError('request head is too long');
      return null;
    }
    const head = waiting.toString('latin1', 0, headEnd);
    const bodyStart = headEnd + HEAD_END.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    let end = bodyStart + Number(length ?? 0);
    if (length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head)) {
      // An empty body starts with its last chunk; the line end before it is then the head's.
      const last = waiting.indexOf(LAST_CHUNK, bodyStart - 2);
      end = last < 0 ? waiting.length + 1 : last + LAST_CHUNK.length;
    }
    if (end - bodyStart > MAX_BODY_BYTES) throw new RangeError('request body is too long');
    if (waiting.length < end) {
      needed = end;
      return null;
    }
    const path = head.split(' ', 2)[1] ?? '';
    const body = waiting.subarray(bodyStart, end);
    waiting = waiting.length === end ? NONE : waiting.subarray(end);
    needed = 0;
    return { path, body };
  };

  let parts: Buffer[] = [];
  let partBytes = 0;
  return {
    push: (bytes) => {
      parts.push(bytes);
      partBytes += bytes.length;
      if (waiting.length + partBytes < needed) return [];
      waiting = parts.length === 1 && waiting.length === 0 ? bytes : Buffer.concat([waiting, ...parts]);
      parts = [];
      partBytes = 0;
      const requests: RawRequest[] = [];
      for (let request = cut(); request; request = cut()) requests.push(request);
      return requests;
    },
  };
}
