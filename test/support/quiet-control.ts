import { openAlertStore } from '../../src/adapters/sqlite/alert-store.ts';
import { openConfigStore } from '../../src/adapters/sqlite/config-store.ts';
import { createSecretBox } from '../../src/adapters/system/secret-box.ts';
import type { Caller } from '../../src/control/change.ts';
import { type Control, type ControlOptions, createControl } from '../../src/control/control.ts';
import type { ControlCore } from '../../src/control/core.ts';
import { createModel } from '../../src/control/models/create.ts';
import { createRoute } from '../../src/control/routes/create.ts';
import type { MetricSource } from '../../src/ports/metric-source.ts';
import { MASTER_KEY } from './admin-rig.ts';

export const OPERATOR: Caller = {
  principal: { credentialId: 'ann', name: 'ann', role: 'admin', mayOverride: true },
  ip: null,
  requestId: null,
};

export interface QuietControlOptions extends Pick<ControlOptions, 'clock'> {
  /** File of the store, or `:memory:`. */
  readonly path: string;
  readonly metrics: Pick<MetricSource, 'read'>;
  readonly tickMs: number;
}

/** The real control plane without an API, a gateway or anybody who talks. */
export function createQuietControl({ path, clock, metrics, tickMs }: QuietControlOptions): Control {
  const nobody = (): never => {
    throw new Error('nobody is there to be asked');
  };
  return createControl({
    store: openConfigStore({ path }),
    secretBox: createSecretBox({ masterKey: MASTER_KEY }),
    alertStore: openAlertStore({ path: ':memory:' }),
    notifier: { send: async () => ({ ok: true, note: null }), prepare: async () => {} },
    clock,
    ids: { next: (prefix) => `${prefix}_1` },
    publish: () => {},
    checkModel: nobody,
    lookAtServer: nobody,
    conversations: nobody,
    answers: nobody,
    breakers: () => ({ standingOf: () => 'closed', reports: () => [], force: () => null }),
    metrics: () => ({ ...metrics, traffic: async () => ({ perDay: {}, shareOf: () => null }) }),
    rolloutTickMs: tickMs,
    adminKey: null,
  });
}

/** A route that gives everyone the first of two models. */
export async function addRoute(core: ControlCore, id: string, models: readonly string[]): Promise<void> {
  for (const model of models) {
    const input = { id: model, base_url: 'http://127.0.0.1:1', upstream_model: model } as const;
    await createModel(core, OPERATOR, { ...input, protocol: 'ollama' });
  }
  await createRoute(core, OPERATOR, { id, rules: [{ model_id: models[0] ?? '', weight: 100 }] });
}
