import type { Problem } from '../../contract/problem.ts';
import { CliError } from './cli-error.ts';
import type { GatewayAddress } from './options.ts';

/** A change is in force within milliseconds; only a model's check, which waits for the model, takes longer. */
const CALL_LIMIT_MS = 15_000;
/** Pages of a list that are fetched at most: 100 × 500 entries. */
const MAX_PAGES = 100;

export interface AdminClient {
  readonly url: string;
  /** One call of the admin API; `path` is below `/admin/v1`. Throws CliError that says what to do. */
  call<T>(method: string, path: string, more?: { body?: unknown; limitMs?: number }): Promise<T>;
  /** A file, as its bytes come. Throws CliError where it is refused; the iteration throws where it breaks off. */
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Every item of a list, page by page. */
  list<T>(path: string): Promise<T[]>;
  /** A service endpoint that needs no key, whatever its status. Throws CliError where nobody answers. */
  probe<T>(path: string): Promise<{ status: number; body: T }>;
}

/** Talks to a running gateway as the operator of the key. `command` is how Sluice is called, for hints. */
export function createAdminClient(address: GatewayAddress, command: string): AdminClient {
  /** An answer that is a success. */
  async function send(method: string, path: string, more: { body?: unknown; signal?: AbortSignal } = {}) {
    if (address.key === null) {
      throw new CliError(
        `no key: ${address.keySource} is not there or cannot be read. Give one with --key or SLUICE_ADMIN_KEY, ` +
          'or call from the folder in which the gateway was started',
      );
    }
    const response = await reach(address.url, command, `/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${address.key}`,
        ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: more.body === undefined ? null : JSON.stringify(more.body),
      ...(more.signal && { signal: more.signal }),
    });
    if (response.ok) return response;
    const body = await readJson(response, address.url);
    throw new CliError(inCommands(problemText(response.status, body, address), command));
  }

  /** The answer's shape is the contract's word: the other side is a Sluice of this release or a later one. */
  async function call<T>(
    method: string,
    path: string,
    { body, limitMs = CALL_LIMIT_MS }: { body?: unknown; limitMs?: number } = {},
  ): Promise<T> {
    const response = await send(method, path, { body, signal: AbortSignal.timeout(limitMs) });
    return (await readJson(response, address.url)) as T;
  }

  return {
    url: address.url,
    call,
    async download(path) {
      // No limit for the whole: how long it takes is a matter of how much there is.
      const { body } = await send('GET', path);
      if (body === null) throw new CliError(`the gateway at ${address.url} answered ${path} with nothing`);
      return body;
    },
    async list<T>(path: string) {
      const items: T[] = [];
      let query = '?limit=500';
      for (let page = 0; page < MAX_PAGES; page++) {
        const answer = await call<{ items: T[]; next_cursor: string | null }>('GET', `${path}${query}`);
        items.push(...answer.items);
        if (answer.next_cursor === null) break;
        query = `?limit=500&cursor=${encodeURIComponent(answer.next_cursor)}`;
      }
      return items;
    },
    async probe<T>(path: string) {
      const init = { signal: AbortSignal.timeout(CALL_LIMIT_MS) };
      const response = await reach(address.url, command, path, init);
      return { status: response.status, body: (await readJson(response, address.url)) as T };
    },
  };
}

async function reach(url: string, command: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init);
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new CliError(`the gateway at ${url} did not answer ${path} in time`);
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw new CliError(
      `no gateway answers at ${url}${reason}. Start one with \`${command} start\`, ` +
        'or name another with --url or SLUICE_URL',
    );
  }
}

async function readJson(response: Response, url: string): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new CliError(`what answers at ${url} is not Sluice: status ${response.status}, and no JSON`);
  }
}

/** What the API advises in its own terms, as the command that does it. */
function inCommands(text: string, command: string): string {
  return text.replace(/PATCH \/admin\/v1\/(models|routes)\/([^\s;,]+)/g, `\`${command} $1 set $2\``);
}

/** A problem document (RFC 9457) as lines: what was wrong, then each field at fault. */
function problemText(status: number, body: unknown, address: GatewayAddress): string {
  const problem: Partial<Problem> = typeof body === 'object' && body !== null ? body : {};
  const said = problem.detail ?? problem.title ?? `the gateway at ${address.url} answered ${status}`;
  const hint = status === 401 ? ` (the key came from ${address.keySource})` : '';
  const fields = (problem.errors ?? []).map(({ path, message }) =>
    path === '' ? message : `${path}: ${message}`,
  );
  if (fields[0] === undefined) return `${said}${hint}`;
  // A field that is wrong says all by itself; a refusal for another reason is said first.
  const reason = problem.type === 'urn:sluice:invalid' ? '' : `${problem.title}: `;
  if (fields.length === 1) return `${reason}${fields[0]}${hint}`;
  return [`${problem.title ?? said}`, ...fields.map((field) => `  ${field}`)].join('\n');
}
