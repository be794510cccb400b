import { hash } from 'node:crypto';

// The listings of both protocols, made of names alone: routes and aliases first, then model ids for keys that may
// name a model. Clients such as Open WebUI leave out entries that lack a field of the real servers, so all are there.

/** When a name that has no file behind it was "changed": a constant, so that listings are the same on every machine. */
const MODIFIED_AT = '2025-01-01T00:00:00Z';
const CREATED_SECONDS = Date.parse(MODIFIED_AT) / 1000;

/** The version that clients compare with what they need; of a server whose protocol is spoken here. */
const OLLAMA_VERSION = '0.33.0';

const DETAILS = {
  parent_model: '',
  format: 'gguf',
  family: 'sluice',
  families: ['sluice'],
  parameter_size: '',
  quantization_level: '',
};

const CAPABILITIES = ['completion', 'tools', 'vision', 'thinking'];

/** `GET /v1/models`. */
export function openaiModels(names: readonly string[]): object {
  return { object: 'list', data: names.map(openaiModel) };
}

/** `GET /v1/models/{id}`. */
export function openaiModel(name: string): object {
  return { id: name, object: 'model', created: CREATED_SECONDS, owned_by: 'sluice' };
}

/** `GET /api/tags`. */
export function ollamaTags(names: readonly string[]): object {
  return {
    models: names.map((name) => ({ ...tag(name), modified_at: MODIFIED_AT, capabilities: CAPABILITIES })),
  };
}

/** `GET /api/ps`: every name is ready to answer, and none expires here. */
export function ollamaPs(names: readonly string[]): object {
  const running = { expires_at: '2318-01-01T00:00:00Z', size_vram: 0, context_length: 0 };
  return { models: names.map((name) => ({ ...tag(name), ...running })) };
}

/** `POST /api/show`. What depends on the model that will serve is told empty rather than wrong. */
export function ollamaShow(name: string): object {
  return {
    license: '',
    modelfile: `# "${name}" is served by Sluice`,
    parameters: '',
    template: '{{ .Prompt }}',
    details: DETAILS,
    model_info: { 'general.architecture': 'sluice', 'general.basename': name },
    capabilities: CAPABILITIES,
    modified_at: MODIFIED_AT,
  };
}

/** `GET /api/version`. */
export function ollamaVersion(): object {
  return { version: OLLAMA_VERSION };
}

function tag(name: string): object {
  return { name, model: name, size: 0, digest: hash('sha256', name), details: DETAILS };
}
