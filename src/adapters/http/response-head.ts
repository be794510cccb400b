/** What a response says of itself before its body. */
export interface ResponseHead {
  readonly status: number;
  /** Empty when it is not named. */
  readonly contentType: string;
  readonly retryAfter: string | null;
  readonly isChunked: boolean;
  /** Bytes of the body; null when the chunks, or the end of the connection, will tell. */
  readonly length: number | null;
  /** The server lets the connection be used again. */
  readonly keepsAlive: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const DIGITS = /^\d{1,15}$/;

interface Fields {
  contentType: string;
  retryAfter: string | null;
  length: string | null;
  encoding: string | null;
  connection: string;
}

/** Reads the text before the blank line. Gives a sentence instead when it is not HTTP, or can be read in two ways. */
export function readResponseHead(text: string): ResponseHead | string {
  const lines = text.split('\r\n');
  const line = STATUS_LINE.exec(lines[0] ?? '');
  if (line === null) return 'its status line is not HTTP/1.1';
  const status = Number(line[2]);
  if (status === 101) return 'it switches to another protocol';
  const fields: Fields = { contentType: '', retryAfter: null, length: null, encoding: null, connection: '' };
  for (let i = 1; i < lines.length; i += 1) {
    const problem = readField(lines[i] ?? '', fields);
    if (problem !== null) return problem;
  }
  const { contentType, retryAfter, encoding } = fields;
  if (encoding !== null && encoding.toLowerCase() !== 'chunked')
    return `its Transfer-Encoding is "${encoding}"`;
  if (encoding !== null && fields.length !== null) return 'it has both a length and chunks';
  if (fields.length !== null && !DIGITS.test(fields.length)) return 'its Content-Length is not a number';
  const hasNoBody = status === 204 || status === 304;
  const isChunked = encoding !== null && !hasNoBody;
  const length = hasNoBody ? 0 : fields.length === null ? null : Number(fields.length);
  const asks = fields.connection.toLowerCase();
  const keepsAlive = line[1] === '1' ? !asks.includes('close') : asks.includes('keep-alive');
  return { status, contentType, retryAfter, isChunked, length, keepsAlive };
}

/** Keeps what counts of one line; says what is wrong with it. */
function readField(line: string, fields: Fields): string | null {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  if (!NAME.test(name)) return 'one of its header lines has no name';
  switch (name.length) {
    case 10:
      if (name.toLowerCase() === 'connection') fields.connection += `${line.slice(colon + 1)},`;
      break;
    case 11:
      if (name.toLowerCase() === 'retry-after') fields.retryAfter = line.slice(colon + 1).trim();
      break;
    case 12:
      if (name.toLowerCase() === 'content-type') fields.contentType = line.slice(colon + 1).trim();
      break;
    case 14:
      if (name.toLowerCase() === 'content-length') {
        if (fields.length !== null) return 'it has two lengths';
        fields.length = line.slice(colon + 1).trim();
      }
      break;
    case 17:
      if (name.toLowerCase() === 'transfer-encoding') {
        if (fields.encoding !== null) return 'it has two Transfer-Encodings';
        fields.encoding = line.slice(colon + 1).trim();
      }
      break;
  }
  return null;
}
