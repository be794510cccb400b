import { answerFault } from './answer.ts';
import { authenticate } from './authenticate.ts';
import { checkEncoding, tooLargeFault } from './body.ts';
import { Call } from './call.ts';
import { decideModel } from './decide.ts';
import type { Exchange } from './exchange.ts';
import { Fault } from './fault.ts';
import { identify } from './identify.ts';
import { mayTell, record, refusalEnding } from './record.ts';
import { saidIn } from './said.ts';
import { tagOf } from './tagged-id.ts';
import { clientRetryOf, turnOf } from './turn.ts';
import { statusOf } from './wire/errors.ts';
import { readRawBody } from './wire/raw-body.ts';
import { wordsIn } from './words.ts';

/** The life of one request: authenticate → identify → decide → admit → call → relay → record. */
export function serveRequest(x: Exchange): void {
  guarded(x, () => {
    authenticateCaller(x);
    checkEncoding(x.client);
    const { maxBodyBytes } = x.snapshot.settings;
    x.client.readBody(
      maxBodyBytes,
      (bytes) => guarded(x, () => answerRequest(x, bytes)),
      () => refuse(x, tooLargeFault(maxBodyBytes)),
    );
  });
}

function answerRequest(x: Exchange, bytes: Buffer): void {
  readRequest(x, bytes);
  if (x.inbound.isChat) identifyCaller(x);
  decideModel(x);
  const { assignment } = x;
  if (assignment === null) throw new Error('no model was decided on');
  x.outline = null;
  if (x.body !== null && x.inbound.isChat) {
    x.said = saidIn(x.body, assignment);
    if (mayTell(x)) x.words = wordsIn(x.body, assignment);
  }
  new Call(x, assignment.serving).start(assignment.serving); // admit, call, relay, record
}

function authenticateCaller(x: Exchange): void {
  const { access, isLoopback } = x.services;
  const { anonymousChat, corsOrigins } = x.snapshot.settings;
  x.principal = authenticate(x.client, { access, isLoopback, anonymousChat, corsOrigins });
  x.requestId += tagOf(x.principal.credentialId);
}

function readRequest(x: Exchange, bytes: Buffer): void {
  const { clock } = x.services;
  x.receivedAtMs = clock.nowMs();
  x.receivedMs = clock.monotonicMs();
  x.bodyBytes = bytes.length;
  x.clientRetry = clientRetryOf(x.client.headers);
  x.body = readRawBody(bytes);
  x.outline = x.inbound.outline(x.body);
  x.isStream = x.outline.stream;
  x.requestedModel = x.outline.model;
}

function identifyCaller(x: Exchange): void {
  const { body, outline, principal, snapshot } = x;
  if (body === null || outline === null || principal === null)
    throw new Error('identified before it was read');
  const { settings } = snapshot;
  const { credentialId } = principal;
  const { json } = body;
  x.identity = identify({ json, headers: x.client.headers, settings, credentialId });
  const { session, opensRound } = x.services.sessions.enter({
    credentialId,
    userId: x.identity.userId,
    sessionId: x.identity.sessionId,
    opening: outline,
    turn: turnOf(outline, body.skim, x.clientRetry),
    idleMs: settings.sessionIdleMs,
    nowMs: x.receivedMs,
    nowAtMs: x.receivedAtMs,
  });
  x.session = session;
  x.round = session.round;
  x.opensRound = opensRound;
}

/** Runs a stage; what it throws is the client's answer. A fault that is not one of ours is told to the log alone. */
function guarded(x: Exchange, stage: () => void): void {
  try {
    stage();
  } catch (error) {
    if (error instanceof Fault) refuse(x, error);
    else {
      x.services.onFailure({ err: error, request_id: x.requestId }, 'internal fault');
      refuse(x, new Fault('internal', 'Sluice failed on this request; its log tells more'));
    }
  }
}

/** Ends a request that reaches no model. */
function refuse(x: Exchange, fault: Fault): void {
  if (x.client.isAnswered || x.status !== 0) return;
  x.status = statusOf(fault);
  record(x, refusalEnding(fault));
  x.services.events.whenWritten(() => {
    if (!x.client.isGone) answerFault(x, fault);
  });
}
