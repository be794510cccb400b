import type { Model } from '../../domain/config.ts';
import { imageUrl } from './images.ts';
import {
  type NeutralMessage,
  type NeutralRequest,
  unknownFields,
  type WrittenRequest,
  withSystem,
} from './neutral.ts';
import { openaiOptionsFor } from './openai-pass.ts';

/** Options of Ollama with a counterpart in OpenAI's protocol. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['seed', 'seed'],
  ['presence_penalty', 'presence_penalty'],
  ['frequency_penalty', 'frequency_penalty'],
  ['stop', 'stop'],
  ['num_predict', 'max_tokens'],
]);

/** Writes the body of `/chat/completions`. A stream is asked for its usage: the protocols it is translated to tell it. */
export function writeOpenaiRequest(request: NeutralRequest, model: Model): WrittenRequest {
  const { stream, format, think } = request;
  const asked: Record<string, unknown> = {
    model: model.upstreamModel,
    messages: linkToolCalls(withSystem(request.messages, model.systemPrompt)).map(writeMessage),
    stream,
  };
  if (stream) asked.stream_options = { include_usage: true };
  if (request.tools.length > 0) asked.tools = request.tools;
  if (format === 'json') asked.response_format = { type: 'json_object' };
  else if (format !== null) {
    // Ollama binds the answer to the schema; `strict` asks for the same.
    asked.response_format = {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: format.schema },
    };
  }
  const effort = effortOf(think);
  if (effort !== null) asked.reasoning_effort = effort;
  for (const [key, value] of Object.entries(request.options)) {
    const name = NAMES.get(key);
    // A negative length means "no limit" to Ollama; here that is said by silence.
    if (name === undefined || value === null || (key === 'num_predict' && Number(value) < 0)) continue;
    asked[name] = value;
  }
  return {
    body: Buffer.from(JSON.stringify({ ...asked, ...Object.fromEntries(openaiOptionsFor(model, asked)) })),
    dropped: unknownFields(request.options, new Set(NAMES.keys()), 'options.'),
  };
}

function effortOf(think: NeutralRequest['think']): string | null {
  if (think === null || typeof think === 'string') return think === 'max' ? 'high' : think;
  return think ? 'medium' : 'none';
}

function writeMessage(message: NeutralMessage): object {
  const { role, text, images, thinking, toolCalls, toolCallId } = message;
  if (role === 'tool') return { role, tool_call_id: toolCallId, content: text };
  const content =
    images.length === 0
      ? text
      : [
          ...(text === '' ? [] : [{ type: 'text', text }]),
          ...images.map((image) => ({ type: 'image_url', image_url: { url: imageUrl(image) } })),
        ];
  return {
    role,
    content: toolCalls.length > 0 && text === '' ? null : content,
    ...(thinking === null ? {} : { reasoning_content: thinking }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map(writeToolCall) }),
  };
}

function writeToolCall(call: NeutralMessage['toolCalls'][number]): object {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  };
}

/**
 * Ollama's clients tie a result to its call by the tool's name, or by order alone; OpenAI wants ids on both. Calls
 * without one get an id by their place, and results the id of the first open call that fits.
 */
function linkToolCalls(messages: readonly NeutralMessage[]): readonly NeutralMessage[] {
  let made = 0;
  let open: { id: string; name: string }[] = [];
  return messages.map((message): NeutralMessage => {
    if (message.toolCalls.length > 0) {
      const toolCalls = message.toolCalls.map((call) => ({ ...call, id: call.id ?? `call_${made++}` }));
      open = toolCalls.map(({ id, name }) => ({ id, name }));
      return { ...message, toolCalls };
    }
    if (message.role !== 'tool') return message;
    const { toolCallId, toolName } = message;
    const fits = open.findIndex((call) =>
      toolCallId === null ? toolName === null || call.name === toolName : call.id === toolCallId,
    );
    const [call] = fits === -1 ? [] : open.splice(fits, 1);
    return { ...message, toolCallId: toolCallId ?? call?.id ?? `call_${made++}` };
  });
}
