import {
  badField,
  isRecord,
  type Json,
  kindOf,
  optionalBoolean,
  optionalList,
  optionalNumber,
  optionalRecord,
  optionalText,
} from './fields.ts';
import { imageFromUrl } from './images.ts';
import {
  type NeutralImage,
  type NeutralMessage,
  type NeutralRequest,
  type NeutralToolCall,
  toolArguments,
  unknownFields,
  untranslatable,
} from './neutral.ts';
import { partedContent, requiredMessages, roleOf } from './outline.ts';
import { OWN_FIELDS } from './pass-request.ts';

/** Numbers with a counterpart in Ollama; the second half are extras of vLLM and llama.cpp. */
const NUMBERS: readonly (readonly [openai: string, ollama: string])[] = [
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['seed', 'seed'],
  ['presence_penalty', 'presence_penalty'],
  ['frequency_penalty', 'frequency_penalty'],
  ['top_k', 'top_k'],
  ['min_p', 'min_p'],
  ['typical_p', 'typical_p'],
  ['repeat_penalty', 'repeat_penalty'],
  ['repetition_penalty', 'repeat_penalty'],
];

const KNOWN: ReadonlySet<string> = new Set([
  ...OWN_FIELDS,
  ...NUMBERS.map(([name]) => name),
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'stop',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'logprobs',
  'top_logprobs',
]);

const ROLES: Readonly<Record<string, string>> = { developer: 'system' };

/** Reads the body of `/v1/chat/completions` for a model server that speaks Ollama's protocol. Throws Fault. */
export function readOpenaiRequest(json: Json): NeutralRequest {
  refuseUntranslatable(json);
  const toolChoice = json.tool_choice ?? 'auto';
  if (toolChoice !== 'auto' && toolChoice !== 'none') throw untranslatable('tool_choice', 'Ollama');
  const parallel = optionalBoolean(json, 'parallel_tool_calls');
  const dropped = unknownFields(json, KNOWN).filter(
    (key) => key !== 'parallel_tool_calls' || parallel === false,
  );
  return {
    stream: json.stream === true,
    messages: requiredMessages(json).map((message, index) => readMessage(message as Json, index)),
    tools: toolChoice === 'none' ? [] : (optionalList(json, 'tools') ?? []).map(checkedTool),
    format: readFormat(json),
    think: readEffort(json),
    options: readOptions(json),
    dropped,
  };
}

/** What Ollama cannot do and what nobody would notice missing until the answer is wrong. */
function refuseUntranslatable(json: Json): void {
  if ((optionalNumber(json, 'n') ?? 1) !== 1) throw untranslatable('n', 'Ollama');
  if (optionalBoolean(json, 'logprobs') === true) throw untranslatable('logprobs', 'Ollama');
  if ((optionalNumber(json, 'top_logprobs') ?? 0) > 0) throw untranslatable('top_logprobs', 'Ollama');
  for (const key of ['functions', 'function_call'] as const) {
    if ((json[key] ?? null) !== null) throw badField(key, 'is the old form; send tools and tool_choice');
  }
  if (optionalList(json, 'modalities')?.includes('audio')) throw untranslatable('modalities', 'Ollama');
}

function readMessage(message: Json, index: number): NeutralMessage {
  const at = `messages[${index}]`;
  const role = roleOf(message, index);
  if (role === 'function') throw badField(`${at}.role`, '"function" is the old form; send role "tool"');
  const text = partedContent(message.content, `${at}.content`);
  return {
    role: ROLES[role] ?? role,
    text: text || (optionalText(message, 'refusal', `${at}.`) ?? ''),
    images: readImages(message.content, `${at}.content`),
    thinking:
      optionalText(message, 'reasoning_content', `${at}.`) ?? optionalText(message, 'reasoning', `${at}.`),
    toolCalls: (optionalList(message, 'tool_calls', `${at}.`) ?? []).map((call, k) =>
      readToolCall(call, `${at}.tool_calls[${k}]`),
    ),
    toolCallId: optionalText(message, 'tool_call_id', `${at}.`),
    toolName: role === 'tool' ? optionalText(message, 'name', `${at}.`) : null,
  };
}

function readImages(content: unknown, at: string): NeutralImage[] {
  if (!Array.isArray(content)) return [];
  const images: NeutralImage[] = [];
  content.forEach((part: Json, index) => {
    if (part.type === 'text' || part.type === 'refusal') return;
    if (part.type !== 'image_url') throw untranslatable(`${at}[${index}].type`, 'Ollama');
    const url = isRecord(part.image_url) ? part.image_url.url : part.image_url;
    const where = `${at}[${index}].image_url.url`;
    if (typeof url !== 'string') throw badField(where, `must be a string, not ${kindOf(url)}`);
    const image = imageFromUrl(url, where);
    if (image.kind === 'url') {
      throw badField(
        where,
        'cannot be fetched: Ollama takes no image addresses, use base64 encoded data instead',
      );
    }
    images.push(image);
  });
  return images;
}

function readToolCall(call: unknown, at: string): NeutralToolCall {
  const of = isRecord(call) ? call.function : undefined;
  if (!isRecord(call) || !isRecord(of)) throw badField(`${at}.function`, 'must be an object');
  const name = optionalText(of, 'name', `${at}.function.`);
  if (!name) throw badField(`${at}.function.name`, 'is missing');
  const given = toolArguments(of.arguments, `${at}.function.arguments`);
  return { id: optionalText(call, 'id', `${at}.`), name, arguments: given };
}

/** Tools of other types run at OpenAI; no model server here could. */
function checkedTool(tool: unknown, index: number): unknown {
  if (!isRecord(tool) || (tool.type !== 'function' && tool.type !== undefined)) {
    throw badField(`tools[${index}].type`, 'must be "function"');
  }
  if (!isRecord(tool.function)) throw badField(`tools[${index}].function`, 'must be an object');
  return tool;
}

function readFormat(json: Json): NeutralRequest['format'] {
  const format = optionalRecord(json, 'response_format');
  if (format === null || format.type === 'text') return null;
  if (format.type === 'json_object') return 'json';
  if (format.type !== 'json_schema') {
    throw badField('response_format.type', 'must be "text", "json_object" or "json_schema"');
  }
  const schema = optionalRecord(format, 'json_schema', 'response_format.')?.schema;
  if (!isRecord(schema)) throw badField('response_format.json_schema.schema', 'must be an object');
  return { schema };
}

function readEffort(json: Json): NeutralRequest['think'] {
  const effort =
    optionalText(json, 'reasoning_effort') ??
    optionalText(optionalRecord(json, 'reasoning') ?? {}, 'effort', 'reasoning.');
  switch (effort) {
    case 'none':
      return false;
    case 'minimal':
      return 'low';
    case 'xhigh':
      return 'max';
    default:
      return effort;
  }
}

function readOptions(json: Json): Json {
  const options: Record<string, unknown> = {};
  for (const [openai, ollama] of NUMBERS) {
    const value = optionalNumber(json, openai);
    if (value !== null) options[ollama] = value;
  }
  const limit = optionalNumber(json, 'max_completion_tokens') ?? optionalNumber(json, 'max_tokens');
  if (limit !== null) options.num_predict = limit;
  const { stop } = json;
  if (typeof stop === 'string') options.stop = [stop];
  else if (optionalList(json, 'stop') !== null) options.stop = stop;
  return options;
}
