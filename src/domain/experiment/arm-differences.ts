import type { Model } from '../config.ts';

/** Fields by which two arms may answer differently although their upstream models are alike, by their names in the API. */
const FIELDS: readonly (readonly [field: string, of: (model: Model) => unknown])[] = [
  ['system_prompt', (model) => model.systemPrompt],
  ['options', (model) => sorted(model.options)],
  ['connect_timeout', (model) => model.connectTimeoutMs],
  ['timeout', (model) => model.timeoutMs],
  ['idle_timeout', (model) => model.idleTimeoutMs],
  ['total_timeout', (model) => model.totalTimeoutMs],
  ['max_concurrent', (model) => model.maxConcurrent],
  ['max_queue', (model) => model.maxQueue],
  ['on_overflow', (model) => model.onOverflow],
  ['inject_usage', (model) => model.injectUsage],
  ['capture', (model) => model.capture],
];

/**
 * The fields in which the models of an experiment differ, besides what they are and where they run. Each is a second
 * explanation of whatever the experiment finds, and must be accepted by name before it starts.
 */
export function armDifferences(models: readonly Model[]): string[] {
  return FIELDS.filter(([, of]) => new Set(models.map((model) => JSON.stringify(of(model)))).size > 1).map(
    ([field]) => field,
  );
}

/** Options in the order of their names: how they were written makes no difference. */
function sorted(options: Model['options']): unknown {
  return options === null ? null : Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
}
