import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Contact } from './facts.ts';

export interface Reach {
  readonly limitMs: number;
}

/** An error page or a list of models; more is cut off. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** What Sluice accepts by default; a proxy behind it should as well. */
const LARGE_BODY_BYTES = 4 * 1024 * 1024;

/** One GET. Never throws. */
export async function contact(url: string, { limitMs }: Reach): Promise<Contact> {
  try {
    // A redirect is an answer of its own: following it would examine another server.
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(limitMs) });
    return { ...headOf(response), text: await readText(response) };
  } catch (error) {
    return { kind: 'none', code: codeOf(error) };
  }
}

export function headOf(response: Response): {
  kind: 'answer';
  status: number;
  server: string;
  contentType: string;
} {
  return {
    kind: 'answer',
    status: response.status,
    server: response.headers.get('server') ?? '',
    contentType: response.headers.get('content-type') ?? '',
  };
}

/** The body as text, its first MiB. */
export async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes >= MAX_TEXT_BYTES) break;
  }
  return text + decoder.decode();
}

/**
 * Announces a large body without sending it (`Expect: 100-continue`): a proxy with a lower limit refuses at once,
 * anybody else says to go on, and then the call is dropped. Null when nothing objected.
 */
export function announceLargeBody(url: string, { limitMs }: Reach): Promise<Contact | null> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const headers = {
    'content-type': 'application/json',
    'content-length': LARGE_BODY_BYTES,
    expect: '100-continue',
  };
  return new Promise((resolve) => {
    const call = send(url, { method: 'POST', headers, agent: false });
    const finish = (answer: Contact | null): void => {
      clearTimeout(timer);
      call.destroy();
      resolve(answer);
    };
    // Silence is no refusal: some servers know nothing of `Expect`.
    const timer = setTimeout(() => finish(null), limitMs);
    call.on('continue', () => finish(null));
    call.on('error', () => finish(null));
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        if (text.length < MAX_TEXT_BYTES) text += piece;
      });
      response.on('end', () => {
        const { 'content-type': contentType = '', server } = response.headers;
        finish({
          kind: 'answer',
          status: response.statusCode ?? 0,
          server: String(server ?? ''),
          contentType,
          text,
        });
      });
    });
    call.flushHeaders();
  });
}

/** The system's name of a failure, e.g. `ECONNREFUSED`; `TIMEOUT` for our own limit. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if (error.name === 'TimeoutError') return 'TIMEOUT';
  const { cause } = error;
  // Both addresses of `localhost` failing makes an AggregateError; the first tells enough.
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (inner instanceof Error && 'code' in inner) return String(inner.code);
  return 'code' in error ? String(error.code) : error.name;
}
