import type { FaultBook } from './fault-book.ts';
import { type FaultRule, FaultRuleError, parseFaultRules } from './fault-rules.ts';
import { clean, type Playback, whole } from './playback.ts';
import { JSON_TYPE } from './refusal.ts';
import type { SimRequest } from './request-log.ts';

export interface ControlOptions {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly models: readonly string[];
  readonly book: FaultBook;
  readonly requests: readonly SimRequest[];
  readonly setFaults: (rules: readonly FaultRule[]) => void;
}

const DEFAULT_LIMIT = 100;
const json = (body: unknown, status = 200): Playback =>
  clean(whole({ status, contentType: JSON_TYPE.ollama, body: `${JSON.stringify(body)}\n` }));

/** `/sim/…`: the endpoints that no real model server has. */
export function answerControl(options: ControlOptions): Playback {
  const { method, url, body, models, book, setFaults } = options;
  if (url.pathname === '/sim/requests' && method === 'GET') return json({ requests: shownRequests(options) });
  if (url.pathname !== '/sim/faults') {
    return json({ error: `no ${url.pathname}; there is /sim/faults and /sim/requests` }, 404);
  }
  if (method === 'DELETE') setFaults([]);
  else if (method === 'POST') {
    try {
      setFaults(parseFaultRules(JSON.parse(body.toString()), models));
    } catch (error) {
      if (error instanceof FaultRuleError || error instanceof SyntaxError)
        return json({ error: error.message }, 400);
      throw error;
    }
  } else if (method !== 'GET') return json({ error: `${method} is not taken; GET, POST or DELETE` }, 405);
  return json({ faults: book.rules() });
}

function shownRequests({ url, requests }: ControlOptions): object[] {
  const limit = Math.max(1, Number(url.searchParams.get('limit') ?? DEFAULT_LIMIT) || DEFAULT_LIMIT);
  const withBodies = url.searchParams.get('bodies') === 'true';
  return requests.slice(-limit).map((request) => ({
    serial: request.serial,
    time: new Date(request.timeMs).toISOString(),
    method: request.method,
    path: request.path,
    model: request.model,
    status: request.status,
    fault: request.fault,
    close_reason: request.closeReason,
    bytes_sent: request.bytesSent,
    body_bytes: request.bodyBytes,
    headers: request.headers,
    ...(withBodies ? { body: request.body?.toString() ?? null } : {}),
  }));
}
