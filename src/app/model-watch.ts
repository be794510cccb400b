import { setTimeout as delay } from 'node:timers/promises';
import { toldWarning } from '../analysis/told-warning.ts';
import type { Warning } from '../contract/analysis.ts';
import type { Model } from '../domain/config.ts';
import type { Finding } from './doctor/finding.ts';

/** One small request a minute to each Ollama, one after the other, each within its limit. */
const EVERY_MS = 60_000;
const FIRST_AFTER_MS = 5_000;
const LOOK_LIMIT_MS = 2_000;
const MAX_SERVERS = 32;

export interface ModelWatchOptions {
  /** The registered models. */
  models(): Iterable<Model>;
  readonly firstAfterMs?: number;
}

export interface ModelWatch {
  /** What the models' servers told when they were last asked. */
  warnings(): readonly Warning[];
  close(): void;
}

/**
 * Looks now and then where the models of Ollamas compute and how much they remember, away from every request. An Ollama
 * tells this of loaded models alone: what was seen last holds until it is seen anew, or the model is gone from Sluice.
 */
export function watchModels({ models, firstAfterMs = FIRST_AFTER_MS }: ModelWatchOptions): ModelWatch {
  /** By model, then by what was looked at. */
  const seen = new Map<string, Map<string, readonly Warning[]>>();
  const closing = new AbortController();

  const look = async (): Promise<void> => {
    // Loaded when first needed: no start has to wait for it.
    const [{ checkContext, checkGpu }, { isOnThisMachine, loadedModels }] = await Promise.all([
      import('./doctor/check-model.ts'),
      import('./doctor/collect.ts'),
    ]);
    const watched = [...models()].filter(({ enabled, protocol }) => enabled && protocol === 'ollama');
    for (const id of seen.keys()) if (!watched.some((model) => model.id === id)) seen.delete(id);
    const servers = [...Map.groupBy(watched, ({ baseUrl }) => baseUrl)].slice(0, MAX_SERVERS);
    for (const [baseUrl, own] of servers) {
      if (closing.signal.aborted) return;
      const loaded = await loadedModels(baseUrl, { limitMs: LOOK_LIMIT_MS });
      for (const subject of own) {
        const facts = { subject, isLocal: isOnThisMachine(baseUrl), loaded };
        const ofModel = seen.get(subject.id) ?? new Map();
        seen.set(subject.id, ofModel);
        for (const finding of [checkGpu(facts), checkContext(facts)])
          if (finding !== null) ofModel.set(finding.check, warningOf(finding));
      }
    }
  };
  const watch = async (): Promise<void> => {
    for (let waitMs = firstAfterMs; ; waitMs = EVERY_MS) {
      await delay(waitMs, undefined, { ref: false, signal: closing.signal });
      await look();
    }
  };
  watch().catch(() => {}); // closed
  return {
    warnings: () => [...seen.values()].flatMap((ofModel) => [...ofModel.values()].flat()),
    close: () => closing.abort(),
  };
}

const NAMES: Readonly<Record<string, Warning['warning']>> = { gpu: 'model_on_cpu', context: 'context_small' };

function warningOf({ check, level, model, what, why, command, zh }: Finding): Warning[] {
  const warning = NAMES[check];
  if (level === 'ok' || warning === undefined || model === null) return [];
  const message = why === null ? what : `${what}; ${why}`;
  const said = { en: message, zh: zh ?? message };
  const advice = command === null ? said : { en: command, zh: command };
  return [{ ...toldWarning(warning, said, advice), model_id: model }];
}
