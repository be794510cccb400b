import Fastify, { type FastifyInstance } from 'fastify';
import { openAlertStore } from '../../src/adapters/sqlite/alert-store.ts';
import { openConfigStore } from '../../src/adapters/sqlite/config-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { createSecretBox } from '../../src/adapters/system/secret-box.ts';
import { ANALYSIS_OPERATIONS } from '../../src/contract/analysis-operations.ts';
import { type Control, type ControlOptions, createControl } from '../../src/control/control.ts';
import { registerAdmin } from '../../src/control/http.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import { createBreakers } from '../../src/gateway/breakers.ts';
import type { Analysis } from '../../src/ports/analysis.ts';
import type { SavedBreaker } from '../../src/ports/breakers.ts';
import { IndexUnavailable } from '../../src/ports/event-store.ts';
import { fakeEventStore } from './fake-event-store.ts';

export const ADMIN_KEY = 'the-admin-key-of-the-tests';
export const MASTER_KEY = Buffer.from('the master key of the tests');
export const START_MS = Date.UTC(2025, 5, 1);

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers without declaring their shape
  readonly body: any;
}

export interface AdminRig {
  readonly app: FastifyInstance;
  readonly control: Control;
  readonly madeAdminKey: string | null;
  /** Breakers that an earlier process left in the store. */
  readonly savedBreakers: readonly SavedBreaker[];
  /** Every published snapshot, the first one included. */
  readonly published: Snapshot[];
  readonly internalErrors: unknown[];
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** Every question is refused, as while the index starts. */
const NO_INDEX = Object.fromEntries(
  Object.keys(ANALYSIS_OPERATIONS).map((id) => [
    id,
    async () => {
      throw new IndexUnavailable('the index is starting');
    },
  ]),
) as object as Analysis;

/** A control plane on a store in memory with its admin API, called without sockets. */
export async function openAdminRig(
  options: Partial<ControlOptions> = {},
  analysis: Analysis = NO_INDEX,
): Promise<AdminRig> {
  const published: Snapshot[] = [];
  const internalErrors: unknown[] = [];
  const control = createControl({
    store: openConfigStore({ path: ':memory:' }),
    secretBox: createSecretBox({ masterKey: MASTER_KEY }),
    alertStore: openAlertStore({ path: ':memory:' }),
    notifier: { send: async () => ({ ok: true, note: null }), prepare: async () => {} },
    clock: tickingClock(),
    ids: countingIds(),
    publish: (snapshot) => published.push(snapshot),
    checkModel: async (model) => {
      const call = { ok: true, latency_ms: 5, first_token_ms: null, error: null };
      return { model_id: model.id, ok: true, plain: call, stream: { ...call, first_token_ms: 2 } };
    },
    lookAtServer: async ({ baseUrl }) => ({
      baseUrl,
      protocol: null,
      models: [],
      latencyMs: 0,
      error: 'nobody there',
    }),
    breakers: () => breakers,
    conversations: () => ({ pinOf: () => null }),
    metrics: () => ({
      read: async () => ({ status: 'failed', detail: 'nobody counts here' }),
      traffic: async () => ({ perDay: {}, shareOf: () => null }),
    }),
    answers: () => fakeEventStore(),
    adminKey: ADMIN_KEY,
    ...options,
  });
  const breakers = createBreakers({
    snapshot: () => control.core().door.snapshot(),
    clock: systemClock,
    prober: null,
    saved: [],
    onChange: () => {},
  });
  const { madeAdminKey, savedBreakers } = await control.start();
  const app = Fastify({ routerOptions: { maxParamLength: 1_536 } });
  registerAdmin(app, control, { analysis, onInternalError: (error) => internalErrors.push(error) });
  return {
    app,
    control,
    madeAdminKey,
    savedBreakers,
    published,
    internalErrors,
    async call(method, path, body, headers = {}) {
      const answer = await app.inject({
        method: method as 'GET',
        url: `/admin/v1${path}`,
        headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
        ...(body !== undefined && { payload: body as object }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.body && JSON.parse(answer.body),
      };
    },
    async close() {
      await app.close();
      await control.close();
    },
  };
}

/** Models `a`, `b`, `c` on one address. */
export async function addModels(rig: AdminRig, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const answer = await rig.call('POST', '/models', modelInput(id));
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  }
}

export function modelInput(id: string) {
  return { id, protocol: 'ollama', base_url: 'http://127.0.0.1:11434', upstream_model: `${id}:7b` };
}

/** The form that operators paste: 80 % to one model, 20 % to another. */
export function pasted(first = 'a', second = 'b') {
  return {
    strategy: 'hash_user_id',
    rules: [
      { model_id: first, weight: 80 },
      { model_id: second, weight: 20 },
    ],
  };
}

/** A second passes with each look. */
function tickingClock() {
  let looks = 0;
  return { nowMs: () => START_MS + 1_000 * looks++, monotonicMs: () => 0 };
}

function countingIds() {
  let count = 0;
  return { next: (prefix: string) => `${prefix}_${String(++count).padStart(4, '0')}` };
}
