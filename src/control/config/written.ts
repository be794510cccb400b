import type { ConfigInput, OwnedConfig } from '../../contract/config.ts';
import { AdminFault } from '../../contract/fault.ts';
import { completeModel } from '../../contract/model.ts';
import { completeRoute, DEFAULT_ROUTE_ID } from '../../contract/route.ts';
import type { FieldError } from '../../contract/schema-check.ts';
import { DEFAULT_SETTINGS, mergeSettings } from '../../contract/settings.ts';
import type { ConfigList } from '../config-fault.ts';
import type { Edits } from '../edits.ts';
import { editSecret } from '../models/write.ts';
import type { ControlState } from '../state.ts';

/** The edits that lay a written configuration over the present one; what it does not name stays. */
export function editsOf(state: ControlState, config: OwnedConfig): Edits {
  const models = config.models ?? [];
  const routes = config.routes ?? [];
  const doubles = [...repeated('models', models), ...repeated('routes', routes)];
  if (doubles.length > 0) throw new AdminFault('clash', 'an id is there twice', doubles);
  const ids = routes.map(({ id = DEFAULT_ROUTE_ID }) => id);
  const isOnly = ids.length === 1 && [...state.routes.keys()].every((id) => id === ids[0]);
  return {
    models: new Map(models.map((model) => [model.id, completeModel(model)])),
    routes: new Map(routes.map((route, i) => [ids[i] ?? DEFAULT_ROUTE_ID, completeRoute(route, isOnly)])),
    secrets: new Map(models.flatMap((model, i) => [...editSecret(state, model, `models[${i}].api_key`)])),
    ...(config.settings && { settings: mergeSettings(DEFAULT_SETTINGS, config.settings) }),
    ...(config.intents && { intents: { intents: config.intents } }),
  };
}

/** The edits that make a written configuration the whole one: what it does not name goes, or takes its default. */
export function wholeEditsOf(state: ControlState, config: ConfigInput): Edits {
  const edits = editsOf({ ...state, routes: new Map() }, config);
  return {
    ...edits,
    models: withDeletions(state.models, edits.models),
    routes: withDeletions(state.routes, edits.routes),
    settings: edits.settings ?? DEFAULT_SETTINGS,
    intents: edits.intents ?? { intents: [] },
  };
}

/** Where a document stands in a written configuration, for the paths of errors. */
export function pathIn(config: OwnedConfig) {
  return (kind: ConfigList, id: string): string | null => {
    if (kind === 'experiments') return null;
    const list: readonly { readonly id?: string }[] = config[kind] ?? [];
    const index = list.findIndex((one) => (one.id ?? DEFAULT_ROUTE_ID) === id);
    return index === -1 ? null : `${kind}[${index}]`;
  };
}

export function withDeletions<D>(
  present: ReadonlyMap<string, unknown>,
  written: ReadonlyMap<string, D | null> = new Map(),
): ReadonlyMap<string, D | null> {
  return new Map([...[...present.keys()].map((id) => [id, null] as const), ...written]);
}

function repeated(list: string, entries: readonly { readonly id?: string }[]): FieldError[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, i) => {
    const id = entry.id ?? DEFAULT_ROUTE_ID;
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path: `${list}[${i}].id`, message: `"${id}" is there twice` }];
  });
}
