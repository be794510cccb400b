/** What the generator wants to know of one answer. */
export interface AnswerParser {
  status: number;
  /** Lines in the decoded body: one a chunk in NDJSON, two in server-sent events. */
  lines: number;
  /** Takes the next bytes from the socket; true when the answer is complete. */
  feed(bytes: Buffer): boolean;
}

type Count = (body: Buffer, from: number, to: number) => void;
/** Takes body bytes as they came; true when the body is complete. */
type Framing = (body: Buffer) => boolean;

const HEAD_END = Buffer.from('\r\n\r\n');
const NEWLINE = 10;

/** Reads one HTTP/1.1 answer with a length or in chunks; throws on bytes that are neither. */
export function createAnswerParser(): AnswerParser {
  let head: Buffer | null = null;
  let framing: Framing | null = null;
  const count: Count = (body, from, to) => {
    for (let at = body.indexOf(NEWLINE, from); at !== -1 && at < to; at = body.indexOf(NEWLINE, at + 1)) {
      parser.lines++;
    }
  };
  const parser: AnswerParser = {
    status: 0,
    lines: 0,
    feed(bytes) {
      if (framing) return framing(bytes);
      const data = head ? Buffer.concat([head, bytes]) : bytes;
      const end = data.indexOf(HEAD_END);
      if (end === -1) {
        head = data;
        return false;
      }
      const text = data.toString('latin1', 0, end + 2);
      parser.status = Number(text.slice(9, 12));
      const length = /\r\ncontent-length: *(\d+)/i.exec(text);
      framing = length ? fixedLength(Number(length[1]), count) : chunked(count);
      return framing(data.subarray(end + 4));
    },
  };
  return parser;
}

function fixedLength(total: number, count: Count): Framing {
  let left = total;
  return (body) => {
    count(body, 0, body.length);
    left -= body.length;
    return left <= 0;
  };
}

/** Chunked transfer coding without trailers; a size line may be split over reads. */
function chunked(count: Count): Framing {
  /** Bytes of the running chunk with its CRLF, 0 between chunks. */
  let left = 0;
  let sizeLine = '';
  let isLast = false;
  return (body) => {
    let at = 0;
    while (at < body.length) {
      if (left > 0) {
        const to = Math.min(body.length, at + left);
        count(body, at, Math.min(to, at + left - 2));
        left -= to - at;
        at = to;
        continue;
      }
      const newline = body.indexOf(NEWLINE, at);
      sizeLine += body.toString('latin1', at, newline === -1 ? body.length : newline + 1);
      if (newline === -1) return false;
      at = newline + 1;
      if (isLast) return true;
      const size = Number.parseInt(sizeLine, 16);
      if (Number.isNaN(size)) throw new Error(`not a chunk size: ${JSON.stringify(sizeLine)}`);
      isLast = size === 0;
      left = isLast ? 0 : size + 2;
      sizeLine = '';
    }
    return false;
  };
}
