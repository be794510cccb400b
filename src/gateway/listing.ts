import type { Principal } from '../domain/access.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { Fault } from './fault.ts';
import type { ListingKind } from './http.ts';
import {
  ollamaPs,
  ollamaShow,
  ollamaTags,
  ollamaVersion,
  openaiModel,
  openaiModels,
} from './wire/listings.ts';

export interface ListingQuery {
  readonly listing: ListingKind;
  /** The model that is asked about, where the listing is of one. */
  readonly name: string | null;
  readonly snapshot: Snapshot;
  readonly principal: Principal;
}

/** What a client sees of the names it may send as `model`. Throws Fault `model_not_found`. */
export function listingOf(query: ListingQuery): object {
  const { listing, name } = query;
  switch (listing) {
    case 'openai_models':
      return openaiModels(namesFor(query));
    case 'openai_model':
      return openaiModel(knownName(query, name));
    case 'ollama_tags':
      return ollamaTags(namesFor(query));
    case 'ollama_ps':
      return ollamaPs(namesFor(query));
    case 'ollama_show':
      return ollamaShow(knownName(query, name));
    case 'ollama_version':
      return ollamaVersion();
  }
}

/** Routes and their aliases; then, for who may name a model, the models. */
function namesFor({ snapshot, principal }: ListingQuery): string[] {
  const names = [...snapshot.routesByName.keys()];
  if (principal.mayOverride) {
    for (const model of snapshot.models.values()) if (model.enabled) names.push(model.id);
  }
  return names;
}

/** Ollama's clients add `:latest` to a name without a tag. */
function knownName(query: ListingQuery, name: string | null): string {
  const names = namesFor(query);
  const bare = name?.replace(/:latest$/, '') ?? '';
  const known =
    names.find((candidate) => candidate === name) ?? names.find((candidate) => candidate === bare);
  if (known === undefined)
    throw new Fault('model_not_found', `model '${name ?? ''}' not found`, { param: 'model' });
  return known;
}
