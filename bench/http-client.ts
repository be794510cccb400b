import { connect, type Socket } from 'node:net';

/** What the generator wants to know of one answer. Times are `performance.now()` milliseconds. */
export interface Answer {
  readonly status: number;
  /** Lines in the decoded body: one a chunk in NDJSON, two in server-sent events. */
  readonly lines: number;
  /** Socket reads that brought body bytes; fewer than chunks means that they were coalesced. */
  readonly reads: number;
}

export interface Connection {
  /** One request at a time; `done` is called once, with null when the connection broke. */
  send(request: Buffer, done: (answer: Answer | null) => void): void;
  close(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NEWLINE = 10;

/**
 * An HTTP/1.1 client reduced to what a load generator needs: prebuilt request bytes out, status, length and
 * line count in. It costs about a tenth of `node:http`, so that the generator is not what is measured.
 * `onLine` is told about each newline's arrival of the running answer, for live streams.
 */
export function openConnection(port: number, onLines?: (count: number) => void): Connection {
  let done: ((answer: Answer | null) => void) | null = null;
  let parser = createParser();
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const finish = (answer: Answer | null): void => {
    const call = done;
    done = null;
    parser = createParser();
    call?.(answer);
  };
  socket.on('data', (chunk) => {
    const before = parser.lines;
    const isComplete = parser.feed(chunk);
    if (onLines && parser.lines > before) onLines(parser.lines - before);
    if (isComplete) finish({ status: parser.status, lines: parser.lines, reads: parser.reads });
  });
  socket.on('error', () => {});
  socket.on('close', () => finish(null));
  return {
    send(request, callback) {
      if (socket.destroyed) return callback(null);
      done = callback;
      socket.write(request);
    },
    close() {
      done = null;
      socket.destroy();
    },
  };
}

interface Parser {
  status: number;
  lines: number;
  reads: number;
  /** True when the answer is complete. */
  feed(chunk: Buffer): boolean;
}

function createParser(): Parser {
  let head: Buffer | null = null;
  let framing: ((body: Buffer) => boolean) | null = null;
  const count = (body: Buffer, from: number, to: number): void => {
    for (let at = body.indexOf(NEWLINE, from); at !== -1 && at < to; at = body.indexOf(NEWLINE, at + 1)) {
      parser.lines++;
    }
  };
  const parser: Parser = {
    status: 0,
    lines: 0,
    reads: 0,
    feed(chunk) {
      if (framing) {
        parser.reads++;
        return framing(chunk);
      }
      const data = head ? Buffer.concat([head, chunk]) : chunk;
      const end = data.indexOf(HEAD_END);
      if (end === -1) {
        head = data;
        return false;
      }
      const text = data.toString('latin1', 0, end + 2);
      parser.status = Number(text.slice(9, 12));
      const length = /\r\ncontent-length: *(\d+)/i.exec(text);
      framing = length ? fixedLength(Number(length[1]), count) : chunked(count);
      if (data.length === end + 4 && length?.[1] !== '0') return false;
      parser.reads++;
      return framing(data.subarray(end + 4));
    },
  };
  return parser;
}

type Count = (body: Buffer, from: number, to: number) => void;

function fixedLength(total: number, count: Count): (body: Buffer) => boolean {
  let left = total;
  return (body) => {
    count(body, 0, body.length);
    left -= body.length;
    return left <= 0;
  };
}

/** Chunked transfer coding without trailers; a chunk's size line may be split over reads. */
function chunked(count: Count): (body: Buffer) => boolean {
  let left = 0;
  let sizeLine = '';
  return (body) => {
    let at = 0;
    while (at < body.length) {
      if (left > 0) {
        const to = Math.min(body.length, at + left);
        // The last two bytes of `left` are the chunk's own CRLF, not payload.
        count(body, at, Math.min(to, at + left - 2));
        left -= to - at;
        at = to;
        continue;
      }
      const newline = body.indexOf(NEWLINE, at);
      sizeLine += body.toString('latin1', at, newline === -1 ? body.length : newline + 1);
      if (newline === -1) return false;
      at = newline + 1;
      const size = Number.parseInt(sizeLine, 16);
      if (Number.isNaN(size) && sizeLine !== '\r\n')
        throw new Error(`not a chunk size: ${JSON.stringify(sizeLine)}`);
      if (size === 0) left = -1;
      // After the last chunk an empty line ends the answer.
      if (sizeLine === '\r\n' && left === -1) return true;
      if (size > 0) left = size + 2;
      sizeLine = '';
    }
    return false;
  };
}
