import type { RequestRecord } from '../../src/contract/event.ts';
import type { Model } from '../../src/domain/config.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.ts';
import { BREAKER } from '../config-fixture.ts';
import { OLLAMA_END, OLLAMA_WHOLE, ollamaLine } from './frames.ts';
import {
  modelOf,
  type Rig,
  routeOf,
  type Script,
  type Scripted,
  startRig,
  startScripted,
} from './gateway-rig.ts';

export const MESSAGES = [{ role: 'user', content: 'hi' }];
export const GOOD_STREAM = ollamaLine('good') + OLLAMA_END;

export interface Setting {
  readonly fallback?: boolean;
  readonly protocol?: 'ollama' | 'openai';
  readonly model?: Partial<Model>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly event: RequestRecord | undefined;
}

/** A gateway before a model server that fails as it is told, and a healthy one. */
export interface FailingRig {
  readonly rig: Rig;
  readonly failing: Scripted;
  readonly healthy: Scripted;
  /** What the failing server does from now on. */
  play(script: Script): void;
  /** Everybody is assigned to `bad`, however often it failed; with `fallback`, `good` stands by. */
  configure(setting: Setting): void;
  ask(stream: boolean, path?: string): Promise<Answer>;
  forget(): void;
  close(): Promise<void>;
}

export async function startFailingRig(options: Partial<GatewayOptions> = {}): Promise<FailingRig> {
  let script: Script = () => {};
  const rig = await startRig(options);
  const failing = await startScripted((res, body, req) => script(res, body, req));
  const healthy = await startScripted((res, body) => {
    const { stream } = JSON.parse(body) as { stream: boolean };
    res.writeHead(200, { 'content-type': stream ? 'application/x-ndjson' : 'application/json' });
    res.end(stream ? GOOD_STREAM : OLLAMA_WHOLE);
  });
  return {
    rig,
    failing,
    healthy,
    play(given) {
      script = given;
    },
    configure({ fallback = false, protocol = 'ollama', model = {} }) {
      const baseUrl = protocol === 'openai' ? `${failing.url}/v1` : failing.url;
      const bad = modelOf('bad', { baseUrl, protocol, breaker: { ...BREAKER, enabled: false }, ...model });
      const good = modelOf('good', { baseUrl: healthy.url });
      const stable = fallback ? 'good' : 'bad';
      rig.configure(
        [bad, good],
        [
          routeOf('r', [
            [stable, 0],
            ['bad', 100],
          ]),
        ],
      );
    },
    async ask(stream, path = '/api/chat') {
      const response = await fetch(rig.url + path, {
        method: 'POST',
        headers: { authorization: 'Bearer key-a', 'x-user-id': 'alice' },
        body: JSON.stringify({ ...(path === '/v1/chat' ? {} : { model: 'x' }), stream, messages: MESSAGES }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, event: rig.events().at(-1) };
    },
    forget() {
      rig.frames.length = 0;
      rig.failures.length = 0;
      failing.requests.length = 0;
      healthy.requests.length = 0;
    },
    async close() {
      await rig.close();
      await failing.close();
      await healthy.close();
    },
  };
}

/** A whole JSON answer with a status. */
export const json =
  (status: number, body: string, headers = {}): Script =>
  (res) =>
    void res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

/** A stream of these pieces that ends well as far as HTTP is concerned. */
export const stream =
  (...pieces: string[]): Script =>
  (res) => {
    res.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const piece of pieces) res.write(piece);
    res.end();
  };
