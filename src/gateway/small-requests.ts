import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../domain/access.ts';
import { authenticate } from './authenticate.ts';
import { checkEncoding, readBody } from './body.ts';
import type { Services } from './exchange.ts';
import { Fault } from './fault.ts';
import { endSession, keepFeedback } from './feedback.ts';
import type { Target } from './http.ts';
import { listingOf } from './listing.ts';
import { renderFault } from './wire/errors.ts';
import { readRawBody } from './wire/raw-body.ts';

type SmallTarget = Exclude<Target, { kind: 'request' } | { kind: 'forbidden' }>;

export interface SmallRequest {
  readonly services: Services;
  readonly target: SmallTarget;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly cors: readonly string[];
}

interface SmallAnswer {
  readonly status: number;
  readonly body: object;
}

/** Serves what no model answers: listings, feedback, ends of sessions. */
export function serveSmall(request: SmallRequest): void {
  const { services, target, req } = request;
  const requestId = services.ids.next('req');
  const snapshot = services.snapshot();
  const answering = (work: () => SmallAnswer): void => {
    try {
      const answer = work();
      services.events.whenWritten(() => send(request, requestId, answer));
    } catch (error) {
      if (error instanceof Fault) sendFault(request, requestId, error);
      else {
        services.onFailure({ err: error, request_id: requestId }, 'internal fault');
        sendFault(
          request,
          requestId,
          new Fault('internal', 'Sluice failed on this request; its log tells more'),
        );
      }
    }
  };
  const { anonymousChat, corsOrigins, maxBodyBytes } = snapshot.settings;
  let principal: Principal;
  try {
    principal = authenticate(req, {
      access: services.access,
      isLoopback: services.isLoopback,
      anonymousChat,
      corsOrigins,
    });
    checkEncoding(req);
  } catch (error) {
    answering(() => {
      throw error;
    });
    return;
  }
  if (target.method === 'GET') {
    if (target.kind === 'listing')
      answering(() => ({ status: 200, body: listingOf({ ...target, snapshot, principal }) }));
    return;
  }
  readBody(
    req,
    maxBodyBytes,
    (bytes) =>
      answering(() => {
        const { json } = readRawBody(bytes);
        if (target.kind === 'listing') {
          const name = json.model ?? json.name;
          const query = { ...target, name: typeof name === 'string' ? name : null, snapshot, principal };
          return { status: 200, body: listingOf(query) };
        }
        if (target.kind === 'feedback') keepFeedback(services, principal, json);
        else endSession(services, principal, target.sessionId, json);
        return { status: 202, body: { status: 'accepted' } };
      }),
    (fault) => sendFault(request, requestId, fault),
  );
}

function send({ res, cors }: SmallRequest, requestId: string, { status, body }: SmallAnswer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(bytes.length)];
  res.writeHead(status, [...headers, 'X-Request-Id', requestId, ...cors]);
  res.end(bytes);
}

function sendFault({ res, cors, target }: SmallRequest, requestId: string, fault: Fault): void {
  const { status, contentType, body } = renderFault(target.protocol, fault, requestId);
  const headers = ['Content-Type', contentType, 'Content-Length', String(body.length)];
  res.writeHead(status, [...headers, 'X-Request-Id', requestId, ...cors]);
  res.end(body);
}
