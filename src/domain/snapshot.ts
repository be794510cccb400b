import { POSITIONS } from './bucket.ts';
import type { Config, Model, Route, Settings } from './config.ts';
import type { ConfigFault } from './config-fault.ts';
import { compileFollowUpPhrases } from './follow-up.ts';
import { type CompiledIntent, compileIntents, type Intent } from './intent.ts';
import { compileExperiment, experimentFaults, type LiveExperiment } from './live-experiment.ts';
import { candidateRange, controlRange, type PositionRange } from './rollout/exposure.ts';
import { compilePattern, type TextPattern } from './text-pattern.ts';

/** A route with its references resolved and its rules turned into upper bounds of positions. */
export interface CompiledRoute {
  readonly route: Route;
  readonly stable: Model;
  /** Rule i owns the positions from the bound before it (0 for the first) up to, not including, its own. */
  readonly bounds: readonly { readonly below: number; readonly model: Model }[];
  readonly audienceModels: readonly Model[];
  /** The one that runs on it. */
  readonly experiment: LiveExperiment | null;
  /** Null while no rollout is active on it. */
  readonly rollout: CompiledRollout | null;
}

/** What of a rollout a request asks for: whose it is, and in whose figures it counts. */
export interface CompiledRollout {
  readonly id: string;
  readonly stage: number;
  readonly candidate: Model;
  readonly exposed: PositionRange;
  readonly control: PositionRange;
}

/** Immutable compiled configuration; a request uses exactly one, from its first line to its last. */
export interface Snapshot {
  readonly version: number;
  readonly models: ReadonlyMap<string, Model>;
  /** Routes by id and by every alias. */
  readonly routesByName: ReadonlyMap<string, CompiledRoute>;
  readonly routes: readonly CompiledRoute[];
  readonly defaultRoute: CompiledRoute | null;
  readonly settings: Settings;
  readonly intents: readonly CompiledIntent[];
  readonly followUpPhrases: readonly TextPattern[];
  /** True when an audience asks when a user was created, so that nobody else pays for the look-up. */
  readonly usesCreatedAt: boolean;
}

/** Everything wrong with a configuration as a whole; field shapes are the contract's business. */
export function checkConfig(config: Config): ConfigFault[] {
  return [
    ...namespaceFaults(config),
    ...config.models.flatMap(modelFaults(config)),
    ...routeFaults(config),
    ...experimentFaults(config),
    ...intentFaults(config),
    ...judgeFaults(config),
  ];
}

/** Compiles a configuration. Throws on one that `checkConfig` finds fault with: a caller must have asked. */
export function compileSnapshot(version: number, config: Config): Snapshot {
  const faults = checkConfig(config);
  if (faults[0]) throw new Error(`configuration is not valid: ${faults[0].path}: ${faults[0].message}`);
  const models = new Map(config.models.map((model) => [model.id, model]));
  const modelOf = (id: string): Model => {
    const model = models.get(id);
    if (!model) throw new Error(`no model ${id}`);
    return model;
  };
  const compileRollout = (routeId: string): CompiledRollout | null => {
    const exposure = config.exposures?.find((one) => one.routeId === routeId);
    if (exposure === undefined) return null;
    const { rolloutId: id, stage, steps, candidateModelId } = exposure;
    const ranges = { exposed: candidateRange(steps), control: controlRange(steps) };
    return { id, stage, candidate: modelOf(candidateModelId), ...ranges };
  };
  const routes = config.routes.map((route): CompiledRoute => {
    let below = 0;
    const bounds = route.rules.map((rule) => {
      below += rule.steps;
      return { below, model: modelOf(rule.modelId) };
    });
    return {
      route,
      stable: modelOf(route.stableModelId),
      bounds,
      audienceModels: route.audiences.map((audience) => modelOf(audience.modelId)),
      experiment: compileExperiment(config.experiments, route.id, modelOf),
      rollout: compileRollout(route.id),
    };
  });
  const routesByName = new Map<string, CompiledRoute>();
  for (const compiled of routes) {
    for (const name of [compiled.route.id, ...compiled.route.aliases]) routesByName.set(name, compiled);
  }
  return {
    version,
    models,
    routesByName,
    routes,
    defaultRoute: routes.find((compiled) => compiled.route.isDefault) ?? null,
    settings: config.settings,
    intents: compiledOnce(config.intents),
    followUpPhrases: compileFollowUpPhrases(config.settings.followUpPhrases),
    usesCreatedAt: config.routes.some((route) =>
      route.audiences.some((audience) => audience.match.kind === 'created_after'),
    ),
  };
}

/** Thousands of phrases take a while; a change of something else leaves them as they are. Lists never change. */
const compiled = new WeakMap<readonly Intent[], readonly CompiledIntent[]>();

function compiledOnce(intents: readonly Intent[]): readonly CompiledIntent[] {
  const known = compiled.get(intents) ?? compileIntents(intents);
  compiled.set(intents, known);
  return known;
}

/** Model ids, route ids and aliases share one namespace: a client's `model` must mean one thing. */
function namespaceFaults(config: Config): ConfigFault[] {
  const owners = new Map<string, string>();
  const faults: ConfigFault[] = [];
  const claim = (name: string, owner: string, path: string): void => {
    const other = owners.get(name);
    if (other === undefined) owners.set(name, owner);
    else {
      const message = `"${name}" is already the name of ${other}; model ids, route ids and aliases share one namespace`;
      faults.push({ path, code: 'clash', message });
    }
  };
  for (const [i, model] of config.models.entries()) claim(model.id, `model "${model.id}"`, `models[${i}].id`);
  for (const [i, route] of config.routes.entries()) {
    claim(route.id, `route "${route.id}"`, `routes[${i}].id`);
    for (const [k, alias] of route.aliases.entries()) {
      claim(alias, `an alias of route "${route.id}"`, `routes[${i}].aliases[${k}]`);
    }
  }
  return faults;
}

function modelFaults(config: Config): (model: Model, index: number) => ConfigFault[] {
  const ids = new Set(config.models.map((model) => model.id));
  return (model, index) => {
    const faults: ConfigFault[] = [];
    const path = `models[${index}]`;
    if (model.protocol === 'openai' && !model.baseUrl.endsWith('/v1')) {
      const message = `an openai address ends in /v1, "${model.baseUrl}" does not`;
      faults.push({ path: `${path}.base_url`, code: 'base_url', message });
    }
    const fallback = model.fallbackModelId;
    if (fallback === model.id) {
      const message = `model "${model.id}" cannot be its own fallback`;
      faults.push({ path: `${path}.breaker.fallback_model_id`, code: 'loop', message });
    } else if (fallback !== null && !ids.has(fallback)) {
      const message = `there is no model "${fallback}"`;
      faults.push({ path: `${path}.breaker.fallback_model_id`, code: 'unknown_model', message });
    }
    return faults;
  };
}

function routeFaults(config: Config): ConfigFault[] {
  const ids = new Set(config.models.map((model) => model.id));
  const faults: ConfigFault[] = [];
  const defaults = config.routes.filter((route) => route.isDefault);
  for (const [i, route] of config.routes.entries()) {
    const path = `routes[${i}]`;
    const needs = (id: string, at: string): void => {
      if (!ids.has(id)) {
        faults.push({ path: `${path}.${at}`, code: 'unknown_model', message: `there is no model "${id}"` });
      }
    };
    needs(route.stableModelId, 'stable_model_id');
    for (const [k, rule] of route.rules.entries()) needs(rule.modelId, `rules[${k}].model_id`);
    for (const [k, audience] of route.audiences.entries())
      needs(audience.modelId, `audiences[${k}].model_id`);
    const sum = route.rules.reduce((total, rule) => total + rule.steps, 0);
    if (sum !== POSITIONS) {
      const message = `the weights add up to ${sum / 100}, they must add up to exactly 100`;
      faults.push({ path: `${path}.rules`, code: 'weights', message });
    }
    if (route.isDefault && route !== defaults[0]) {
      const message = `route "${defaults[0]?.id}" is the default already; only one can be`;
      faults.push({ path: `${path}.default`, code: 'two_defaults', message });
    }
  }
  return faults;
}

function judgeFaults({ models, settings }: Config): ConfigFault[] {
  const { modelId } = settings.judge;
  if (modelId === null || models.some(({ id }) => id === modelId)) return [];
  const message = `there is no model "${modelId}"`;
  return [{ path: 'settings.judge.model_id', code: 'unknown_model', message }];
}

/** Intents are told apart by their names; a phrase of nothing but marks would be found nowhere. */
function intentFaults({ intents }: Config): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const names = new Set<string>();
  for (const [i, { name, phrases, rule }] of intents.entries()) {
    if (names.has(name)) {
      const message = `there are two intents "${name}"; each needs a name of its own`;
      faults.push({ path: `intents[${i}].name`, code: 'clash', message });
    }
    names.add(name);
    const lists = {
      phrases,
      'rule.all_of': rule?.allOf,
      'rule.any_of': rule?.anyOf,
      'rule.none_of': rule?.noneOf,
    };
    for (const [field, list] of Object.entries(lists)) {
      for (const [k, phrase] of (list ?? []).entries()) {
        if (compilePattern(phrase) !== null) continue;
        const message = `"${phrase}" has no letter or digit that could be found in a text`;
        faults.push({ path: `intents[${i}].${field}[${k}]`, code: 'phrase', message });
      }
    }
  }
  return faults;
}
