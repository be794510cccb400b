import type { Principal } from '../domain/access.ts';
import type { Client } from '../ports/client.ts';
import { authenticate } from './authenticate.ts';
import { checkEncoding, tooLargeFault } from './body.ts';
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
  readonly client: Client;
  readonly cors: readonly string[];
}

interface SmallAnswer {
  readonly status: number;
  readonly body: object;
}

/** Serves what no model answers: listings, feedback, ends of sessions. */
export function serveSmall(request: SmallRequest): void {
  const { services, target, client } = request;
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
    principal = authenticate(client, {
      access: services.access,
      isLoopback: services.isLoopback,
      anonymousChat,
      corsOrigins,
    });
    checkEncoding(client);
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
  client.readBody(
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
    () => sendFault(request, requestId, tooLargeFault(maxBodyBytes)),
  );
}

function send({ client, cors }: SmallRequest, requestId: string, { status, body }: SmallAnswer): void {
  const headers = ['Content-Type', 'application/json; charset=utf-8', 'X-Request-Id', requestId, ...cors];
  client.answer(status, headers, Buffer.from(JSON.stringify(body)));
}

function sendFault({ client, cors, target }: SmallRequest, requestId: string, fault: Fault): void {
  const { status, contentType, body } = renderFault(target.protocol, fault, requestId);
  client.answer(status, ['Content-Type', contentType, 'X-Request-Id', requestId, ...cors], body);
}
