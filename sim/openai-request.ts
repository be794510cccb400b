import type { SimMessage, SimPrompt, SimTool } from './answer.ts';
import type { ChatRequest } from './chat-dialect.ts';
import { Refusal } from './refusal.ts';
import { isObject, type JsonObject } from './schema-value.ts';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];

/** Reads `POST /v1/chat/completions` as vLLM does; fields that it does not know are ignored. */
export function readOpenAiChat(json: JsonObject): ChatRequest {
  if (typeof json.model !== 'string') throw new Refusal(400, missing('model'), 'model');
  if (!Array.isArray(json.messages)) throw new Refusal(400, missing('messages'), 'messages');
  if (json.messages.length === 0) throw new Refusal(400, "[] is too short - 'messages'", 'messages');
  if (json.stream !== undefined && json.stream !== null && typeof json.stream !== 'boolean') {
    throw new Refusal(400, 'Input should be a valid boolean, for field stream', 'stream');
  }
  if (json.stream !== true && isObject(json.stream_options)) {
    throw new Refusal(400, 'Stream options can only be defined when `stream=True`.', 'stream_options');
  }
  const tools = Array.isArray(json.tools) ? json.tools.map(readTool) : [];
  const messages = json.messages.map(readMessage);
  return {
    model: json.model,
    stream: json.stream === true,
    prompt: {
      messages,
      tools,
      toolChoice: readToolChoice(json.tool_choice),
      think: readThink(json),
      format: readFormat(json.response_format),
      maxTokens: readMaxTokens(json),
      stop: typeof json.stop === 'string' ? [json.stop] : textsOf(json.stop),
    },
    isEmpty: false,
    keepAliveMs: null,
    contextLength: null,
    refusesOverflow: true,
    includeUsage: isObject(json.stream_options) && json.stream_options.include_usage === true,
  };
}

function readMessage(raw: unknown, i: number): SimMessage {
  if (!isObject(raw))
    throw new Refusal(400, `Input should be a valid dictionary, for messages[${i}]`, 'messages');
  if (typeof raw.role !== 'string' || !ROLES.includes(raw.role)) {
    throw new Refusal(
      400,
      `Unknown role ${JSON.stringify(raw.role) ?? 'missing'} in messages[${i}]`,
      'messages',
    );
  }
  const role = raw.role === 'developer' ? 'system' : raw.role === 'function' ? 'tool' : raw.role;
  const { content } = raw;
  if (content === undefined || content === null) return { role, text: '', images: 0 };
  if (typeof content === 'string') return { role, text: content, images: 0 };
  if (!Array.isArray(content)) {
    throw new Refusal(400, `Input should be a valid string or list, for messages[${i}].content`, 'messages');
  }
  const parts = content.filter(isObject);
  return {
    role,
    text: parts
      .map((part) => (typeof part.text === 'string' ? part.text : ''))
      .join('\n')
      .trim(),
    images: parts.filter((part) => part.type === 'image_url').length,
  };
}

function readTool(raw: unknown, i: number): SimTool {
  const named = isObject(raw) && isObject(raw.function) ? raw.function : {};
  if (typeof named.name !== 'string') throw new Refusal(400, missing(`tools[${i}].function.name`), 'tools');
  return { name: named.name, parameters: named.parameters };
}

function readToolChoice(choice: unknown): SimPrompt['toolChoice'] {
  if (choice === 'none' || choice === 'required') return choice;
  const named = isObject(choice) && isObject(choice.function) ? choice.function.name : undefined;
  return typeof named === 'string' ? { named } : 'auto';
}

function readThink(json: JsonObject): boolean {
  const template = isObject(json.chat_template_kwargs) ? json.chat_template_kwargs : {};
  if (template.enable_thinking === true) return true;
  return typeof json.reasoning_effort === 'string' && json.reasoning_effort !== 'none';
}

function readFormat(format: unknown): SimPrompt['format'] {
  if (!isObject(format)) return null;
  if (format.type === 'json_object') return 'json';
  const schema = isObject(format.json_schema) ? format.json_schema.schema : undefined;
  return format.type === 'json_schema' && isObject(schema) ? schema : null;
}

function readMaxTokens(json: JsonObject): number | null {
  const most = json.max_completion_tokens ?? json.max_tokens;
  if (most === undefined || most === null) return null;
  if (!Number.isInteger(most) || Number(most) < 1) {
    throw new Refusal(400, `max_tokens must be at least 1, got ${JSON.stringify(most)}.`, 'max_tokens');
  }
  return Number(most);
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Pydantic's words for a missing field, as vLLM passes them on. */
function missing(field: string): string {
  return `[{'type': 'missing', 'loc': ('body', '${field}'), 'msg': 'Field required'}]`;
}
