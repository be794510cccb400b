import type { ServerResponse } from 'node:http';

const CRLF = Buffer.from('\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
/** Up to here a copy into one buffer is cheaper than handing three to the kernel. */
const COPY_BYTES = 16 * 1024;

/**
 * The writing end of a streamed answer. It frames its chunks itself: Node would hand each to the socket as four
 * writes and a scheduled flush, which costs more than everything else done for a chunk.
 */
export class ClientStream {
  readonly #res: ServerResponse;
  #isChunked = false;

  constructor(res: ServerResponse) {
    this.#res = res;
  }

  /** Sends the head and the first bytes in one write. Returns false when the client should be waited for. */
  begin(status: number, headers: string[], first: Buffer): boolean {
    const res = this.#res;
    res.cork();
    res.writeHead(status, headers);
    this.#isChunked = res.chunkedEncoding; // not so for a client that speaks HTTP/1.0
    res.chunkedEncoding = false;
    const isClear = this.write(first);
    res.uncork();
    return isClear;
  }

  /** Returns false when the client should be waited for. */
  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    const res = this.#res;
    if (!this.#isChunked) return res.write(chunk);
    if (chunk.length <= COPY_BYTES) return res.write(framed(chunk));
    res.cork();
    res.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    res.write(chunk);
    const isClear = res.write(CRLF);
    res.uncork();
    return isClear;
  }

  end(): void {
    if (this.#isChunked) this.#res.end(LAST_CHUNK);
    else this.#res.end();
  }
}

/** One chunk in the framing of HTTP/1.1. */
function framed(chunk: Buffer): Buffer {
  const size = chunk.length.toString(16);
  const end = size.length + 2 + chunk.length;
  const frame = Buffer.allocUnsafe(end + 2);
  frame.write(size, 0, 'latin1');
  CRLF.copy(frame, size.length);
  chunk.copy(frame, size.length + 2);
  CRLF.copy(frame, end);
  return frame;
}
