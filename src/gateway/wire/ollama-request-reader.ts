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
import { imageFromBase64 } from './images.ts';
import {
  type NeutralImage,
  type NeutralMessage,
  type NeutralRequest,
  type NeutralToolCall,
  plainMessage,
  toolArguments,
  unknownFields,
  untranslatable,
} from './neutral.ts';
import { plainContent, roleOf } from './outline.ts';
import { OWN_FIELDS } from './pass-request.ts';

const SHARED = [
  ...OWN_FIELDS,
  'model',
  'stream',
  'format',
  'options',
  'think',
  'logprobs',
  'top_logprobs',
  // False asks for an error instead of a cut prompt, which is all that this upstream knows.
  'truncate',
  'shift',
];
const CHAT_FIELDS: ReadonlySet<string> = new Set([...SHARED, 'messages', 'tools']);
const GENERATE_FIELDS: ReadonlySet<string> = new Set([
  ...SHARED,
  ...['prompt', 'system', 'images', 'suffix', 'template', 'raw', 'context'],
]);

/** Reads the body of `/api/chat` for a model server that speaks OpenAI's protocol. Throws Fault. */
export function readOllamaChat(json: Json): NeutralRequest {
  const messages = optionalList(json, 'messages') ?? [];
  if (messages.length === 0) throw loadsModel('messages');
  return {
    ...readShared(json, CHAT_FIELDS),
    messages: messages.map((message, index) => readMessage(message as Json, index)),
    tools: (optionalList(json, 'tools') ?? []).map(typedTool),
  };
}

/** The same for `/api/generate`: its prompt becomes a conversation of one message. */
export function readOllamaGenerate(json: Json): NeutralRequest {
  for (const key of ['suffix', 'template'] as const) {
    if (optionalText(json, key)) throw untranslatable(key, 'OpenAI');
  }
  if (optionalBoolean(json, 'raw') === true) throw untranslatable('raw', 'OpenAI');
  if ((optionalList(json, 'context') ?? []).length > 0) throw untranslatable('context', 'OpenAI');
  const text = optionalText(json, 'prompt') ?? '';
  const images = readImages(json, '');
  if (text === '' && images.length === 0) throw loadsModel('prompt');
  const system = optionalText(json, 'system');
  return {
    ...readShared(json, GENERATE_FIELDS),
    messages: [
      ...(system ? [plainMessage('system', system)] : []),
      { ...plainMessage('user', text), images },
    ],
    tools: [],
  };
}

function readShared(json: Json, known: ReadonlySet<string>): Omit<NeutralRequest, 'messages' | 'tools'> {
  if (optionalBoolean(json, 'logprobs') === true) throw untranslatable('logprobs', 'OpenAI');
  if ((optionalNumber(json, 'top_logprobs') ?? 0) > 0) throw untranslatable('top_logprobs', 'OpenAI');
  const cuts = ['truncate', 'shift'].filter((key) => optionalBoolean(json, key) === true);
  return {
    stream: json.stream !== false,
    format: readFormat(json.format),
    think: readThink(json.think),
    options: optionalRecord(json, 'options') ?? {},
    dropped: [...unknownFields(json, known), ...cuts],
  };
}

function readMessage(message: Json, index: number): NeutralMessage {
  const at = `messages[${index}].`;
  return {
    role: roleOf(message, index),
    text: plainContent(message.content, `${at}content`),
    images: readImages(message, at),
    thinking: optionalText(message, 'thinking', at),
    toolCalls: (optionalList(message, 'tool_calls', at) ?? []).map((call, k) =>
      readToolCall(call, `${at}tool_calls[${k}]`),
    ),
    toolCallId: optionalText(message, 'tool_call_id', at),
    toolName: optionalText(message, 'tool_name', at),
  };
}

function readImages(json: Json, at: string): NeutralImage[] {
  return (optionalList(json, 'images', at) ?? []).map((image, index) => {
    if (typeof image !== 'string')
      throw badField(`${at}images[${index}]`, `must be a string, not ${kindOf(image)}`);
    return imageFromBase64(image);
  });
}

function readToolCall(call: unknown, at: string): NeutralToolCall {
  const of = isRecord(call) ? call.function : undefined;
  if (!isRecord(call) || !isRecord(of)) throw badField(`${at}.function`, 'must be an object');
  const name = optionalText(of, 'name', `${at}.function.`);
  if (!name) throw badField(`${at}.function.name`, 'is missing');
  const given = toolArguments(of.arguments, `${at}.function.arguments`);
  return { id: optionalText(call, 'id', `${at}.`), name, arguments: given };
}

/** OpenAI's servers insist on the type that Ollama lets one leave out. */
function typedTool(tool: unknown, index: number): unknown {
  if (!isRecord(tool)) throw badField(`tools[${index}]`, `must be an object, not ${kindOf(tool)}`);
  return tool.type === undefined ? { type: 'function', ...tool } : tool;
}

function readFormat(format: unknown): NeutralRequest['format'] {
  if (format === undefined || format === null || format === '') return null;
  if (format === 'json') return 'json';
  if (!isRecord(format)) throw badField('format', 'must be "json" or a JSON schema');
  return { schema: format };
}

function readThink(think: unknown): NeutralRequest['think'] {
  if (think === undefined || think === null) return null;
  if (typeof think !== 'boolean' && typeof think !== 'string') {
    throw badField('think', 'must be true, false or a level such as "low"');
  }
  return think;
}

function loadsModel(param: string): Error {
  const problem =
    'is empty, which loads or unloads a model in Ollama; the model that serves this request is on an OpenAI server, which has no such wish';
  return badField(param, problem);
}
