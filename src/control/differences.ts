import { isDeepStrictEqual } from 'node:util';
import type { Difference } from '../contract/config.ts';
import { maskChannel, maskModel } from './mask.ts';
import { headOf } from './reviews/head.ts';
import type { ControlState, Versioned } from './state.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What changes from one state to another, by resource, secrets masked; updates hold only the fields that differ. */
export function differencesOf(before: ControlState, after: ControlState): Difference[] {
  const found: Difference[] = [];
  const note = (resource: string, old: object | null, now: object | null): void => {
    if (!old) found.push({ resource, action: 'create', before: null, after: now });
    else if (!now) found.push({ resource, action: 'delete', before: old, after: null });
    else found.push({ resource, action: 'update', ...changedFields({ ...old }, { ...now }) });
  };
  const compare = <D extends object>(
    prefix: string,
    old: ReadonlyMap<string, Versioned<D>>,
    now: ReadonlyMap<string, Versioned<D>>,
  ): void => {
    for (const [id, one] of now) {
      if (old.get(id) !== one) note(`${prefix}/${id}`, old.get(id)?.document ?? null, one.document);
    }
    for (const [id, one] of old) if (!now.has(id)) note(`${prefix}/${id}`, one.document, null);
  };
  compare('models', maskedModels(before, after), maskedModels(after, before));
  compare('routes', before.routes, after.routes);
  compare('experiments', before.experiments, after.experiments);
  if (before.settings !== after.settings) note('settings', before.settings.document, after.settings.document);
  if (before.intents !== after.intents) note('intents', before.intents.document, after.intents.document);
  compare('alert-channels', maskedChannels(before, after), maskedChannels(after, before));
  compare('alert-rules', before.alertRules, after.alertRules);
  // Ratings are told by their own entries, without what was said of whom.
  for (const [id, { document }] of after.reviews) {
    if (!before.reviews.has(id)) note(`reviews/${id}`, null, headOf(document));
  }
  for (const [id, { document }] of before.reviews) {
    if (!after.reviews.has(id)) note(`reviews/${id}`, headOf(document), null);
  }
  return found;
}

function changedFields(old: Fields, now: Fields): { before: Fields; after: Fields } {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const changed = names.filter((name) => !isDeepStrictEqual(old[name], now[name]));
  const pick = (from: Fields): Fields =>
    Object.fromEntries(changed.map((name) => [name, from[name] ?? null]));
  return { before: pick(old), after: pick(now) };
}

/** Masked channels; one that is the same in both states is the same object in both maps. */
function maskedChannels(state: ControlState, other: ControlState): Map<string, Versioned<object>> {
  return new Map(
    [...state.alertChannels].map(([id, one]) => {
      const same = other.alertChannels.get(id) === one;
      return [id, same ? one : { version: one.version, document: maskChannel(one.document) }] as const;
    }),
  );
}

/** Masked models; one that is the same in both states, secret included, is the same object in both maps. */
function maskedModels(state: ControlState, other: ControlState): Map<string, Versioned<object>> {
  const entries = [...state.models].map(([id, one]) => {
    const same = other.models.get(id) === one && other.secrets.get(id) === state.secrets.get(id);
    return [
      id,
      same ? one : { version: one.version, document: maskModel(one.document, state.secrets) },
    ] as const;
  });
  return new Map(entries);
}
