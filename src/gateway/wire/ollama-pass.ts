import type { Model } from '../../domain/config.ts';
import { type Json, optionalRecord } from './fields.ts';
import {
  commonEdits,
  missingMembers,
  patchBody,
  prependSystem,
  prependText,
  setInside,
} from './pass-request.ts';
import type { Patch } from './splice.ts';
import type { RawBody } from './wire.ts';

/**
 * Options that Ollama gives to the runner when it loads a model. A changed one reloads the model, for everybody, so
 * the model's own win over the caller's; every other option is the caller's business.
 */
const RUNNER_OPTIONS: ReadonlySet<string> = new Set([
  'num_ctx',
  'num_batch',
  'num_gpu',
  'main_gpu',
  'use_mmap',
  'use_mlock',
  'num_thread',
  'num_gqa',
  'numa',
  'low_vram',
  'vocab_only',
  'f16_kv',
  'draft_num_predict',
]);

/** The body of `/api/chat` for an Ollama server, changed where it must be and nowhere else. */
export function passOllamaChat(body: RawBody, model: Model): readonly Buffer[] {
  const edits = commonEdits(body, model);
  const patches = setInside(body, 'options', optionsFor(body, model), edits);
  if (model.systemPrompt !== null) patches.push(...prependSystem(body, model.systemPrompt));
  forbidOverflow(model, edits);
  return patchBody(body, edits, patches);
}

/** The same for `/api/generate`, where the system prompt is a member of its own. */
export function passOllamaGenerate(body: RawBody, model: Model): readonly Buffer[] {
  const edits = commonEdits(body, model);
  const patches = setInside(body, 'options', optionsFor(body, model), edits);
  // A raw prompt has no system prompt, and an empty one only loads the model.
  if (model.systemPrompt !== null && body.json.raw !== true && body.json.prompt) {
    patches.push(...systemPatches(body, model.systemPrompt, edits));
  }
  forbidOverflow(model, edits);
  return patchBody(body, edits, patches);
}

function systemPatches(body: RawBody, prompt: string, edits: Map<string, string | null>): Patch[] {
  const given = body.json.system;
  const span = body.spans.get('system');
  if (span && typeof given === 'string' && given !== '') return [prependText(span.start, prompt, '\n\n')];
  edits.set('system', JSON.stringify(prompt));
  return [];
}

/** What to set among the caller's options: the model's runner options, and the rest where the caller is silent. */
function optionsFor(body: RawBody, model: Model): ReadonlyMap<string, string> {
  if (model.options === null) return new Map();
  const given = optionalRecord(body.json, 'options') ?? {};
  const missing = missingMembers(model.options, given, (key) => RUNNER_OPTIONS.has(key));
  const firm = Object.entries(model.options).filter(
    ([key, value]) => RUNNER_OPTIONS.has(key) && given[key] !== value,
  );
  return new Map([...missing, ...firm].map(([key, value]) => [key, JSON.stringify(value)]));
}

/** The same merge for options that are built anew. */
export function mergeOllamaOptions(own: Model['options'], given: Json): Json {
  if (own === null) return given;
  const firm = Object.entries(own).filter(([key]) => RUNNER_OPTIONS.has(key));
  const missing = missingMembers(own, given, () => false);
  return { ...given, ...Object.fromEntries([...missing, ...firm]) };
}

function forbidOverflow(model: Model, edits: Map<string, string | null>): void {
  if (model.onOverflow !== 'error') return;
  edits.set('truncate', 'false');
  edits.set('shift', 'false');
}
