import { invalid, notFound } from '../../contract/fault.ts';
import {
  completeModel,
  type ModelAnswer,
  type ModelDocument,
  type ModelInput,
  type ModelPatch,
} from '../../contract/model.ts';
import { isMask, maskModel } from '../mask.ts';
import type { Ownership } from '../ownership.ts';
import type { ControlState, Versioned } from '../state.ts';

/** What the `models` verbs share. */
export function modelOf(state: ControlState, id: string): Versioned<ModelDocument> {
  const found = state.models.get(id);
  if (!found) throw notFound('model', id);
  return found;
}

export function answerModel(state: ControlState, id: string, ownership: Ownership): ModelAnswer {
  const { document, version } = modelOf(state, id);
  return { ...maskModel(document, state.secrets), version, managed_by: ownership.managedBy(`models/${id}`) };
}

/** A model after a patch: named fields replace, the breaker's fields replace one by one. */
export function patchModel(document: ModelDocument, patch: ModelPatch): ModelDocument {
  const { api_key: _secret, version: _v, managed_by: _m, config_version: _c, breaker, ...fields } = patch;
  const written: ModelInput = {
    ...document,
    ...fields,
    id: document.id,
    breaker: { ...document.breaker, ...breaker },
  };
  return completeModel(written);
}

/**
 * What becomes of a model's secret: absent and a mask keep it, null removes it. Throws where a mask stands for
 * nothing. `path`: where `api_key` stands in the request.
 */
export function editSecret(
  state: ControlState,
  { id, api_key: written }: { readonly id: string; readonly api_key?: string | null },
  path = 'api_key',
): ReadonlyMap<string, string | null> {
  if (written === undefined) return new Map();
  if (written === null || !isMask(written)) return new Map([[id, written]]);
  if (state.secrets.has(id)) return new Map();
  throw invalid(path, 'is a mask, and no key is stored that it could stand for; write the key itself');
}
