import type { Model } from '../domain/config.ts';
import { type Pin, pinAfter } from '../domain/pin.ts';
import {
  type Assignment,
  decide,
  type Grounds,
  type Refusal,
  type RequestFacts,
  standbyOf,
} from '../domain/routing.ts';
import type { Exchange } from './exchange.ts';
import { Fault } from './fault.ts';
import { readHeaderText } from './header-text.ts';
import type { Session } from './session.ts';

const DIGITS = /^\d{1,16}$/;
/** Epoch numbers below it are seconds: as milliseconds it is the year 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** Chooses the model: gathers the facts, asks the rules, and remembers which model the conversation is on. */
export function decideModel(x: Exchange): void {
  const { outline, principal, identity, client, services, session } = x;
  if (outline === null || principal === null) throw new Error('decided before it was read');
  const userId = identity?.userId ?? null;
  x.segment = segmentOf(x);
  x.createdAtMs = timeOf(client.headers['x-user-created-at']);
  const user = userId === null ? null : services.users.find(userId, x.receivedAtMs);
  x.firstSeenMs = user?.firstSeenMs ?? null;
  const facts: RequestFacts = {
    overrideModelId: outline.overrideModelId ?? headerText(client.headers['x-model-id']),
    routeName: outline.route,
    modelName: outline.model,
    mayOverride: principal.mayOverride,
    userId,
    segment: x.segment,
    createdAtMs: x.createdAtMs ?? x.firstSeenMs,
    pin: session?.pin ?? null,
  };
  const decision = decide(facts, groundsOf(x), user?.place ?? null);
  if (decision.kind === 'refuse') throw refusalOf(decision, x);
  x.assignment = decision;
  x.fallback = decision.fallback;
  if (session !== null) session.pin = pinOf(session, decision);
}

function pinOf({ pin }: Session, decision: Assignment): Pin | null {
  const { routeId, reason, assigned, serving, fallback, arm } = decision;
  return pinAfter(pin, {
    routeId,
    reason,
    assignedModelId: assigned.id,
    servingModelId: serving.id,
    fallback,
    arm,
  });
}

/** Who may take over now from the model that serves. */
export function standbyNow(x: Exchange): Model | null {
  const { assignment, serving, inbound } = x;
  if (assignment === null || serving === null || !inbound.isChat) return null;
  return standbyOf({ ...assignment, serving }, groundsOf(x));
}

/** Breakers judge and save chats only: another embedding model's numbers would mean something else. */
function groundsOf({ inbound, services, snapshot }: Exchange): Grounds {
  return inbound.isChat ? { snapshot, standingOf: services.breakers.standingOf } : { snapshot };
}

function refusalOf({ code, message, modelId }: Refusal, { services }: Exchange): Fault {
  const isWait = code === 'breaker_open' && modelId !== null;
  return new Fault(code, message, {
    param: 'model',
    ...(isWait && { retryAfterSeconds: services.breakers.retryAfterSeconds(modelId) }),
  });
}

function segmentOf(x: Exchange): string | null {
  const header = headerText(x.client.headers['x-user-segment']);
  if (header !== null) return header;
  const metadata = x.body?.json.metadata;
  if (typeof metadata !== 'object' || metadata === null || !('segment' in metadata)) return null;
  return typeof metadata.segment === 'string' && metadata.segment !== '' ? metadata.segment : null;
}

function headerText(value: string | string[] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? readHeaderText(value) : null;
}

/** ISO 8601, or epoch seconds or milliseconds. What cannot be read is as if absent: it must not fail a chat. */
function timeOf(value: string | string[] | undefined): number | null {
  if (typeof value !== 'string' || value === '') return null;
  if (DIGITS.test(value)) {
    const number = Number(value);
    return number < FIRST_MILLISECONDS ? number * 1000 : number;
  }
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}
