import type { SessionAnswer, SignedIn } from '../../../src/contract/console-session.ts';
import type { AnswerOf, BodyOf, QueryOf } from '../../../src/contract/operation-parts.ts';
import type { OPERATIONS, OperationId } from '../../../src/contract/operations.ts';
import { ProblemError, readProblem } from './problem.ts';

type NameOf<K extends OperationId> = `${(typeof OPERATIONS)[K]['method']} ${(typeof OPERATIONS)[K]['path']}`;
type ByName = { readonly [K in OperationId as NameOf<K>]: K };

/** An operation of the admin API by method and path, such as `GET /models`. The contract knows no other. */
export type Endpoint = keyof ByName;
export type Answer<E extends Endpoint> = AnswerOf<ByName[E]>;
export type Body<E extends Endpoint> = BodyOf<ByName[E]>;
export type Query<E extends Endpoint> = QueryOf<ByName[E]>;

export interface CallOptions<E extends Endpoint> {
  /** Takes the place of `{id}`. */
  readonly id?: string;
  /** Takes the place of `{item}`. */
  readonly item?: string;
  readonly query?: Query<E>;
  readonly body?: Body<E>;
  /** The version that was seen; a newer one is 412. */
  readonly ifMatch?: number;
  readonly signal?: AbortSignal;
}

interface Place {
  readonly id?: string;
  readonly item?: string;
  readonly query?: object;
}

const PREFIX = '/admin/v1';

/** Address of an operation, for links and downloads too. */
export function addressOf(endpoint: Endpoint, { id, item, query }: Place = {}): string {
  const path = endpoint
    .slice(endpoint.indexOf(' ') + 1)
    .replace('{id}', encodeURIComponent(id ?? ''))
    .replace('{item}', encodeURIComponent(item ?? ''));
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `${PREFIX}${path}${text === '' ? '' : `?${text}`}`;
}

/** Calls the admin API with the console's cookie. Throws ProblemError for whatever is no success. */
export async function call<E extends Endpoint>(
  endpoint: E,
  options: CallOptions<E> = {},
): Promise<Answer<E>> {
  const { body, ifMatch, signal } = options;
  const answer = await send(addressOf(endpoint, options as Place), {
    method: endpoint.slice(0, endpoint.indexOf(' ')),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    headers: ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` },
  });
  return (await answer.json()) as Answer<E>;
}

const SIGN_IN = `${PREFIX}/sign-in`;

/** Outside the table of operations, because it asks for no credential: a key becomes a cookie. */
export async function signIn(key: string): Promise<SessionAnswer> {
  const answer = await send(SIGN_IN, { method: 'POST', body: JSON.stringify({ key }) });
  return (await answer.json()) as SessionAnswer;
}

/** Whom the cookie stands for; null for nobody. */
export async function readSession(): Promise<SessionAnswer | null> {
  const answer = await send(SIGN_IN, { method: 'GET' });
  return ((await answer.json()) as SignedIn).session;
}

async function send(address: string, init: RequestInit): Promise<Response> {
  const headers = {
    'x-sluice-console': '1',
    ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(init.headers as Record<string, string>),
  };
  let answer: Response;
  try {
    answer = await fetch(address, { ...init, headers, credentials: 'same-origin' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ProblemError({ kind: 'offline' });
  }
  if (answer.ok) return answer;
  throw await readProblem(answer);
}
