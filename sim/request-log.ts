import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { CloseReason } from './playback.ts';

/** What a model server remembers of one request. Filled while the request lives. */
export interface SimRequest {
  readonly serial: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Epoch time with fractions of a millisecond. */
  readonly timeMs: number;
  /** As the body named it. */
  model: string | null;
  bodyBytes: number;
  body: Buffer | null;
  status: number | null;
  /** Bytes of the answer's body that the socket has been given. */
  bytesSent: number;
  /** The fault that struck. */
  fault: string | null;
  closeReason: 'open' | CloseReason;
  closedAtMs: number | null;
}

export interface RequestLog {
  readonly requests: SimRequest[];
  open(req: IncomingMessage, path: string): SimRequest;
  keepBody(record: SimRequest, body: Buffer): void;
}

/** Bodies kept in all; the oldest are let go first. */
const MAX_BODY_BYTES = 64 * 2 ** 20;

/** Wall clock with the resolution of the monotonic one. */
export const preciseNowMs = (): number => performance.timeOrigin + performance.now();

/** Keeps the newest `limit` requests; `limit` ≥ 1. */
export function createRequestLog(limit: number, recordBodies: boolean): RequestLog {
  const requests: SimRequest[] = [];
  const withBody: SimRequest[] = [];
  let keptBytes = 0;
  let serial = 0;

  const dropBody = (record: SimRequest): void => {
    keptBytes -= record.body?.length ?? 0;
    record.body = null;
  };
  return {
    requests,
    open: (req, path) => {
      const record: SimRequest = {
        serial: ++serial,
        method: req.method ?? 'GET',
        path,
        headers: req.headers,
        timeMs: preciseNowMs(),
        model: null,
        bodyBytes: 0,
        body: null,
        status: null,
        bytesSent: 0,
        fault: null,
        closeReason: 'open',
        closedAtMs: null,
      };
      requests.push(record);
      // Trimming in blocks: shifting one at a time would copy the list for each request.
      if (requests.length >= limit * 1.25 + 16) {
        for (const old of requests.splice(0, requests.length - limit)) dropBody(old);
      }
      return record;
    },
    keepBody: (record, body) => {
      record.bodyBytes = body.length;
      if (!recordBodies) return;
      record.body = body;
      keptBytes += body.length;
      withBody.push(record);
      while (keptBytes > MAX_BODY_BYTES) {
        const oldest = withBody.shift();
        if (!oldest) break;
        dropBody(oldest);
      }
    },
  };
}
