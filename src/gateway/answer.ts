import { answerHeaders } from './answer-headers.ts';
import type { AttemptFailure } from './attempt-owner.ts';
import type { Exchange } from './exchange.ts';
import type { Fault } from './fault.ts';
import { renderFault, statusOf } from './wire/errors.ts';

/** Sends a fault as the whole answer, in the shape of the client's protocol. */
export function answerFault(x: Exchange, fault: Fault): void {
  const { status, contentType, body, retryAfterSeconds } = renderFault(
    x.inbound.protocol,
    fault,
    x.requestId,
  );
  const headers = answerHeaders(x);
  if (retryAfterSeconds !== null) headers.push('Retry-After', String(retryAfterSeconds));
  // The official SDKs would ask again at once; after a failover there is nobody left to ask.
  if (x.attempts.length > 1) headers.push('x-should-retry', 'false');
  sendWhole(x, { status, contentType, headers, body });
}

/**
 * Sends the model server's refusal of a request as it wrote it, where the client speaks its protocol:
 * same status, same bytes.
 */
export function answerRefusal(x: Exchange, failure: AttemptFailure): void {
  const { fault, refusal } = failure;
  const isOwnTongue = x.inbound.protocol === x.serving?.protocol && statusOf(fault) === fault.upstreamStatus;
  if (refusal === null || !isOwnTongue) {
    answerFault(x, fault);
    return;
  }
  const status = statusOf(fault);
  sendWhole(x, { status, contentType: 'application/json', headers: answerHeaders(x), body: refusal });
}

/** Sends a model's answer in one piece. */
export function answerWhole(x: Exchange, contentType: string, body: Buffer): void {
  sendWhole(x, { status: 200, contentType, headers: answerHeaders(x), body });
}

/** Up to here copying a body costs less than handing the kernel a second part. */
const JOINED_BYTES = 16 * 1024;

interface WholeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: string[];
  readonly body: Buffer;
}

function sendWhole(x: Exchange, answer: WholeAnswer): void {
  const { status, contentType, headers, body } = answer;
  headers.push('Content-Type', contentType, 'Content-Length', String(body.length));
  x.res.writeHead(status, headers);
  // As text of one byte a character a short body joins its head in one write; as a buffer it would be a second part.
  if (body.length <= JOINED_BYTES) x.res.end(body.toString('latin1'), 'latin1');
  else x.res.end(body);
}
