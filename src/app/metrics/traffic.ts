import type { AttemptRecord, RequestRecord } from '../../contract/event.ts';
import { createDistribution, type Distribution, observe } from './distribution.ts';

/** Buckets as the OpenTelemetry GenAI conventions advise; a cold start of a local model needs three more. In seconds. */
const DURATION = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120,
];
const QUEUE_WAIT = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

/**
 * Models and routes whose figures are kept apart; those of more are summed under `OTHER`. A registry that is changed by
 * a script must not make a scrape grow for ever.
 */
const MAX_NAMES = 200;
export const OTHER = 'other';

/** What one model did since the process began. Maps have closed lists of keys: outcomes, classes, reasons. */
export interface ModelTraffic {
  /** Requests by outcome and error class, with a space between them; no class where it went well. */
  readonly requests: Map<string, number>;
  /** Seconds of each call to the model, by error class; `''` where it went well. */
  readonly calls: Map<string, Distribution>;
  /** Requests assigned to it that another model served, by the reason. */
  readonly fallbacks: Map<string, number>;
  readonly firstToken: Distribution;
  readonly queueWait: Distribution;
  readonly inputTokens: Distribution;
  readonly outputTokens: Distribution;
}

export interface Traffic {
  /** Counts one finished request: well below a microsecond, no label is hashed. */
  add(record: RequestRecord): void;
  /** By model id; `''` for requests that reached no model. */
  readonly models: ReadonlyMap<string, ModelTraffic>;
  /** Requests by route and assigned model. */
  readonly routes: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export function createTraffic(): Traffic {
  const models = new Map<string, ModelTraffic>();
  const routes = new Map<string, Map<string, number>>();

  const addCall = (call: AttemptRecord): void => {
    const model = entryOf(models, call.model_id, createModelTraffic);
    const seconds = entryOf(model.calls, call.error_class ?? '', () => createDistribution(DURATION));
    observe(seconds, call.latency_ms / 1000);
    if (call.ttft_ms !== null) observe(model.firstToken, call.ttft_ms / 1000);
  };

  return {
    models,
    routes,
    add(record) {
      const model = entryOf(models, record.model_id ?? '', createModelTraffic);
      count(model.requests, record.error_class ? `${record.outcome} ${record.error_class}` : record.outcome);
      if (record.queued_ms !== null) observe(model.queueWait, record.queued_ms / 1000);
      if (record.prompt_tokens !== null) observe(model.inputTokens, record.prompt_tokens);
      if (record.completion_tokens !== null) observe(model.outputTokens, record.completion_tokens);
      for (const attempt of record.attempts) addCall(attempt);
      const { route_id: route, assigned_model_id: assigned, fallback } = record;
      if (assigned === null) return;
      if (route !== null) count(entryOf(routes, route, createCounts), assigned);
      if (fallback !== null) count(entryOf(models, assigned, createModelTraffic).fallbacks, fallback);
    },
  };
}

function createModelTraffic(): ModelTraffic {
  return {
    requests: new Map(),
    calls: new Map(),
    fallbacks: new Map(),
    firstToken: createDistribution(FIRST_TOKEN),
    queueWait: createDistribution(QUEUE_WAIT),
    inputTokens: createDistribution(TOKENS),
    outputTokens: createDistribution(TOKENS),
  };
}

function createCounts(): Map<string, number> {
  return new Map();
}

function entryOf<V>(map: Map<string, V>, name: string, create: () => V): V {
  const known = map.get(name) ?? (map.size >= MAX_NAMES ? map.get(OTHER) : undefined);
  if (known !== undefined) return known;
  const made = create();
  map.set(map.size >= MAX_NAMES ? OTHER : name, made);
  return made;
}

function count(map: Map<string, number>, name: string): void {
  const key = map.size < MAX_NAMES || map.has(name) ? name : OTHER;
  map.set(key, (map.get(key) ?? 0) + 1);
}
