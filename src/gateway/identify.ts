import type { IncomingHttpHeaders } from 'node:http';
import type { IdentitySource, Settings } from '../domain/config.ts';
import { Fault } from './fault.ts';
import { readHeaderText } from './header-text.ts';

const MAX_BYTES = 512;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Who asks, and in which conversation, as far as the request itself says it. */
export interface Identity {
  readonly userId: string | null;
  /** Where the user id stood, e.g. `header:X-User-Id`; `api_key` when the key stands in for it. */
  readonly userSource: string | null;
  readonly sessionId: string | null;
  readonly sessionSource: string | null;
}

export interface IdentityInput {
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
  readonly settings: Settings;
  readonly credentialId: string;
}

/** Finds the user and the session by the configured orders. Throws Fault for a value that cannot be an id. */
export function identify(input: IdentityInput): Identity {
  const user = firstOf(input.settings.userSources, input);
  const session = firstOf(input.settings.sessionSources, input);
  // It goes back to the client in a header.
  if (session !== null && CONTROL.test(session.value)) {
    throw invalid(session.source, 'may not contain control characters');
  }
  const byKey = user === null && input.settings.identityFallback === 'api_key';
  return {
    userId: byKey ? input.credentialId : (user?.value ?? null),
    userSource: byKey ? 'api_key' : (user?.source.label ?? null),
    sessionId: session?.value ?? null,
    sessionSource: session?.source.label ?? null,
  };
}

interface Found {
  readonly value: string;
  readonly source: IdentitySource;
}

function firstOf(sources: readonly IdentitySource[], input: IdentityInput): Found | null {
  for (const source of sources) {
    const value =
      source.kind === 'header'
        ? fromHeader(input.headers[source.name], source)
        : fromBody(input.json, source);
    if (value === null) continue;
    // Three bytes a character at the most: short texts need no count.
    if (value.length * 3 > MAX_BYTES && Buffer.byteLength(value) > MAX_BYTES) {
      throw invalid(source, `is longer than ${MAX_BYTES} bytes`);
    }
    return { value, source };
  }
  return null;
}

function fromHeader(value: string | string[] | undefined, source: IdentitySource): string | null {
  if (typeof value !== 'string' || value === '') return null;
  const text = readHeaderText(value);
  if (text === null) throw invalid(source, 'is not valid UTF-8');
  return text;
}

/** Text as it stands; a whole number as its digits, because many user tables count. Anything else is refused. */
function fromBody(json: unknown, source: IdentitySource & { kind: 'body' }): string | null {
  let value = json;
  for (const key of source.path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  if (typeof value === 'string') return value === '' ? null : value;
  if (value === null || value === undefined) return null;
  if (typeof value !== 'number') throw invalid(source, 'must be a string');
  if (!Number.isSafeInteger(value))
    throw invalid(source, 'is a number that JSON cannot keep exactly; send a string');
  return String(value);
}

function invalid(source: IdentitySource, problem: string): Fault {
  const param = source.label.replace(/^(body|header):/, '');
  return new Fault('bad_request', `${param} ${problem}`, { param });
}
