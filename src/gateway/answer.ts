import { answerHeaders } from './answer-headers.ts';
import type { AttemptFailure } from './attempt-owner.ts';
import type { Exchange } from './exchange.ts';
import type { Fault } from './fault.ts';
import { renderFault, renderInBand, statusOf } from './wire/errors.ts';

const EMPTY = Buffer.alloc(0);

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
  headers.push('Content-Type', contentType);
  x.client.answer(status, headers, body);
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
  x.client.answer(statusOf(fault), [...answerHeaders(x), 'Content-Type', 'application/json'], refusal);
}

/** How a stream ends that broke: the rest of its bytes, then the error in the words of its protocol. */
export function lastWords(x: Exchange, { fault, rest, isMidFrame, isTold }: AttemptFailure): Buffer {
  const frame = isTold ? EMPTY : renderInBand(x.inbound.protocol, fault, isMidFrame);
  return rest === null ? frame : Buffer.concat([rest, frame]);
}

/** Sends a model's answer in one piece. */
export function answerWhole(x: Exchange, contentType: string, body: Buffer): void {
  const headers = answerHeaders(x);
  headers.push('Content-Type', contentType);
  x.client.answer(200, headers, body);
}
