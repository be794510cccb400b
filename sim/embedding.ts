import { readModelName } from './ollama-request.ts';
import { Refusal } from './refusal.ts';
import { createRng } from './rng.ts';
import type { JsonObject } from './schema-value.ts';
import { countTokens } from './text.ts';

export interface EmbeddingRequest {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly dimensions: number | null;
  readonly isBase64: boolean;
}

/** Reads `/api/embed`, `/api/embeddings` (`prompt`) and `/v1/embeddings`. Throws Refusal. */
export function readEmbedding(json: JsonObject): EmbeddingRequest {
  const raw = json.input ?? json.prompt ?? '';
  const inputs = Array.isArray(raw) ? raw : [raw];
  if (!inputs.every((input) => typeof input === 'string'))
    throw new Refusal(400, 'invalid input type', 'input');
  return {
    model: readModelName(json),
    inputs,
    dimensions: typeof json.dimensions === 'number' ? json.dimensions : null,
    isBase64: json.encoding_format === 'base64',
  };
}

/** A vector of length one that depends on nothing but seed and text. */
export function embed(text: string, dimensions: number, seed: number): number[] {
  const rng = createRng(seed, 'embedding', text);
  const raw = Array.from({ length: dimensions }, () => rng.next() * 2 - 1);
  const norm = Math.hypot(...raw) || 1;
  return raw.map((one) => one / norm);
}

export interface EmbeddingReplyOptions {
  readonly request: EmbeddingRequest;
  readonly dimensions: number;
  readonly seed: number;
}

export function ollamaEmbedBody({ request, dimensions, seed }: EmbeddingReplyOptions): object {
  const { model, inputs } = request;
  return {
    model,
    embeddings: inputs.map((text) => embed(text, dimensions, seed)),
    total_duration: 14_143_917,
    load_duration: 1_019_500,
    prompt_eval_count: tokensIn(inputs),
  };
}

/** The older endpoint: one prompt, one vector. */
export function ollamaEmbeddingsBody({ request, dimensions, seed }: EmbeddingReplyOptions): object {
  return { embedding: embed(request.inputs[0] ?? '', dimensions, seed) };
}

export function openAiEmbeddingsBody({ request, dimensions, seed }: EmbeddingReplyOptions): object {
  const tokens = tokensIn(request.inputs);
  const data = request.inputs.map((text, index) => {
    const vector = embed(text, dimensions, seed);
    const embedding = request.isBase64
      ? Buffer.from(new Float32Array(vector).buffer).toString('base64')
      : vector;
    return { object: 'embedding', index, embedding };
  });
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { object: 'list', data, model: request.model, usage };
}

function tokensIn(inputs: readonly string[]): number {
  return inputs.reduce((sum, text) => sum + countTokens(text), 0);
}
