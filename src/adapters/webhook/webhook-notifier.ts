import * as http from 'node:http';
import * as https from 'node:https';
import type { WebhookChannel } from '../../domain/alert-channel.ts';
import type { Network } from '../../domain/network.ts';
import { targetProblem } from '../../domain/webhook-target.ts';
import type { Clock } from '../../ports/clock.ts';
import { ATTEMPT_LIMIT_MS, type Attempt, type Notifier } from '../../ports/notifier.ts';
import { lookupOf, type Resolve, systemResolve } from '../system/resolve.ts';
import { type WebhookRequest, webhookRequest } from './request.ts';

export interface WebhookNotifierOptions {
  readonly clock: Clock;
  /** The networks in force that may be reached although they are not public. */
  readonly networks: () => readonly Network[];
  readonly resolve?: Resolve;
  readonly limitMs?: number;
}

/** Of an answer; what follows is not read. */
const MAX_ANSWER_BYTES = 65_536;
/** Refusals that pass by themselves. */
const PASSING = new Set([408, 425, 429]);

/**
 * Posts to webhooks. Before each sending every address of the host is looked at, and the connection goes to one of
 * those; a redirect is not followed.
 */
export function createWebhookNotifier(options: WebhookNotifierOptions): Notifier<WebhookChannel> {
  const { clock, networks, resolve = systemResolve, limitMs = ATTEMPT_LIMIT_MS } = options;

  const post = async (request: WebhookRequest, signal: AbortSignal): Promise<Answer | Refused> => {
    const host = request.url.hostname.replace(/^\[|\]$/g, '');
    const addresses = await within(signal, resolve(host));
    const isSecure = request.url.protocol === 'https:';
    const problem = targetProblem(addresses, { isSecure, allowed: networks() });
    return problem === null ? exchange(request, addresses, signal) : { problem: `the URL ${problem}` };
  };

  return {
    async send(channel, notification) {
      const signal = AbortSignal.timeout(limitMs);
      try {
        const answer = await post(webhookRequest(channel, notification, clock.nowMs()), signal);
        if ('problem' in answer) return { ok: false, isFinal: true, message: answer.problem };
        return attemptOf(channel, answer);
      } catch (error) {
        const message = signal.aborted ? `no answer within ${limitMs} ms` : String((error as Error).message);
        return { ok: false, isFinal: false, message: message.slice(0, 300) };
      }
    },
    prepare: async () => {},
  };
}

interface Refused {
  readonly problem: string;
}
interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request over a connection of its own, to one of the addresses. */
function exchange({ url, headers, body }: WebhookRequest, addresses: readonly string[], signal: AbortSignal) {
  const { request } = url.protocol === 'https:' ? https : http;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sending = request(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body), 'accept-encoding': 'identity' },
    agent: false,
    lookup: lookupOf(addresses),
    signal,
  });
  sending.on('error', reject);
  sending.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (): void => {
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      sending.destroy();
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) done();
    });
    response.on('end', done).on('error', reject);
  });
  sending.end(body);
  return promise;
}

/** What an answer means. Chat services say in the body of a 200 that they refuse. */
function attemptOf({ preset }: WebhookChannel, { status, body }: Answer): Attempt {
  if (status >= 300 && status < 400) {
    return { ok: false, isFinal: true, message: `answered ${status}: a redirect is not followed` };
  }
  if (status < 200 || status >= 400) {
    const isFinal = status >= 400 && status < 500 && !PASSING.has(status);
    return { ok: false, isFinal, message: `answered ${status}` };
  }
  const refusal = preset === 'generic' || preset === 'slack' ? null : refusalIn(body);
  return refusal === null ? { ok: true, note: null } : { ok: false, isFinal: false, message: refusal };
}

/** `errcode` of DingTalk and WeCom, `code` or `StatusCode` of Feishu: anything but 0 is a refusal. */
function refusalIn(body: string): string | null {
  try {
    const { errcode, errmsg, code, msg, StatusCode } = JSON.parse(body) as Record<string, unknown>;
    const number = errcode ?? code ?? StatusCode;
    if (number === 0) return null;
    return `refused with code ${String(number).slice(0, 20)}: ${String(errmsg ?? msg ?? '').slice(0, 200)}`;
  } catch {
    return 'the answer is not JSON; is this the URL of a robot?';
  }
}

/** What cannot be ended itself is at least not waited for. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(new Error('too late')), { once: true });
  return Promise.race([work, promise]);
}
