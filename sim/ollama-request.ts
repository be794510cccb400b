import type { SimMessage, SimPrompt, SimTool } from './answer.ts';
import type { ChatRequest } from './chat-dialect.ts';
import { Refusal } from './refusal.ts';
import { isObject, type JsonObject } from './schema-value.ts';

const THINK_LEVELS = ['low', 'medium', 'high', 'max'];
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
/** Options whose type Ollama checks; anything else is ignored with a warning. */
const OPTION_TYPES: Readonly<Record<string, 'integer' | 'float32' | 'array' | 'boolean'>> = {
  num_ctx: 'integer',
  num_predict: 'integer',
  num_gpu: 'integer',
  num_thread: 'integer',
  seed: 'integer',
  top_k: 'integer',
  temperature: 'float32',
  top_p: 'float32',
  min_p: 'float32',
  repeat_penalty: 'float32',
  stop: 'array',
  use_mmap: 'boolean',
};

/** Reads `POST /api/chat`. */
export function readOllamaChat(json: JsonObject): ChatRequest {
  const raw = listOf(json.messages, 'ChatRequest.messages', '[]api.Message');
  const messages = raw.map((message): SimMessage => {
    if (!isObject(message)) throw wrongType(message, 'ChatRequest.messages', 'api.Message');
    return {
      role: textOf(message.role, 'ChatRequest.messages.role').toLowerCase(),
      text: textOf(message.content, 'ChatRequest.messages.content'),
      images: imagesIn(message.images),
    };
  });
  const tools = listOf(json.tools, 'ChatRequest.tools', 'api.Tools').map((tool): SimTool => {
    const named = isObject(tool) && isObject(tool.function) ? tool.function : {};
    return { name: textOf(named.name, 'ChatRequest.tools.function.name'), parameters: named.parameters };
  });
  return readCommon(json, { messages, tools });
}

/** Reads `POST /api/generate`: a prompt instead of messages, no tools. */
export function readOllamaGenerate(json: JsonObject): ChatRequest {
  const text = textOf(json.prompt, 'GenerateRequest.prompt');
  const system = textOf(json.system, 'GenerateRequest.system');
  const images = imagesIn(json.images);
  const messages: SimMessage[] = [];
  if (text !== '' || images > 0) {
    if (system !== '') messages.push({ role: 'system', text: system, images: 0 });
    messages.push({ role: 'user', text, images });
  }
  return readCommon(json, { messages, tools: [] });
}

/** `model` as Ollama wants it; also for show and embed. */
export function readModelName(json: JsonObject): string {
  const name = textOf(json.model ?? json.name, 'Request.model');
  if (name === '') throw new Refusal(400, 'model is required');
  if (/[^\w.:/@-]/.test(name)) throw new Refusal(400, 'invalid model name');
  return name;
}

function readCommon(json: JsonObject, asked: Pick<SimPrompt, 'messages' | 'tools'>): ChatRequest {
  const model = readModelName(json);
  if (json.stream !== undefined && json.stream !== null && typeof json.stream !== 'boolean') {
    throw wrongType(json.stream, 'ChatRequest.stream', 'bool');
  }
  const topLogprobs = Number(json.top_logprobs ?? 0);
  if (topLogprobs < 0 || topLogprobs > 20) throw new Refusal(400, 'top_logprobs must be between 0 and 20');
  const options = checkedOptions(json.options);
  const stop = Array.isArray(options.stop) ? options.stop.filter((word) => typeof word === 'string') : [];
  const most =
    typeof options.num_predict === 'number' && options.num_predict >= 0 ? options.num_predict : null;
  return {
    model,
    stream: json.stream !== false,
    prompt: {
      ...asked,
      toolChoice: 'auto',
      think: readThink(json.think),
      format: readFormat(json.format),
      maxTokens: most,
      stop,
    },
    isEmpty: asked.messages.length === 0,
    keepAliveMs: readKeepAlive(json.keep_alive),
    contextLength: typeof options.num_ctx === 'number' ? options.num_ctx : null,
    refusesOverflow: json.truncate === false || json.shift === false,
    includeUsage: true,
  };
}

function readThink(think: unknown): boolean {
  if (think === undefined || think === null) return false;
  if (typeof think === 'boolean') return think;
  if (typeof think === 'string' && THINK_LEVELS.includes(think)) return true;
  const shown = JSON.stringify(think);
  throw new Refusal(
    400,
    `invalid think value: ${shown} (must be "high", "medium", "low", "max", true, or false)`,
  );
}

function readFormat(format: unknown): SimPrompt['format'] {
  if (format === undefined || format === null || format === '') return null;
  if (format === 'json' || isObject(format)) return format;
  const shown = JSON.stringify(format);
  throw new Refusal(400, `invalid format: ${shown}; expected "json" or a valid JSON Schema object`);
}

/** Seconds as a number, or a Go duration such as `5m` or `1h30m`; negative is for ever. */
function readKeepAlive(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return value < 0 ? Number.POSITIVE_INFINITY : value * 1000;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!/^-?(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) throw new Refusal(400, `time: invalid duration "${text}"`);
  if (text.startsWith('-')) return Number.POSITIVE_INFINITY;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    totalMs += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return totalMs;
}

/** Wrong types come back as 500, because Ollama finds them only when it schedules the model. */
function checkedOptions(raw: unknown): JsonObject {
  if (raw === undefined || raw === null) return {};
  if (!isObject(raw)) throw wrongType(raw, 'ChatRequest.options', 'map[string]interface {}');
  for (const [name, type] of Object.entries(OPTION_TYPES)) {
    const value = raw[name];
    if (value === undefined || value === null) continue;
    const isRight =
      type === 'array'
        ? Array.isArray(value)
        : type === 'boolean'
          ? typeof value === 'boolean'
          : typeof value === 'number';
    if (!isRight) throw new Refusal(500, `option "${name}" must be of type ${type}`);
  }
  return raw;
}

function textOf(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrongType(value, field, 'string');
  return value;
}

function listOf(value: unknown, field: string, goType: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(value, field, goType);
  return value;
}

function imagesIn(value: unknown): number {
  const images = listOf(value, 'ChatRequest.messages.images', '[]api.ImageData');
  for (const image of images) {
    const bad = textOf(image, 'ChatRequest.messages.images').search(/[^A-Za-z0-9+/=]/);
    if (bad >= 0) throw new Refusal(400, `illegal base64 data at input byte ${bad}`);
  }
  return images.length;
}

function wrongType(value: unknown, field: string, goType: string): Refusal {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return new Refusal(400, `json: cannot unmarshal ${kind} into Go struct field ${field} of type ${goType}`);
}
