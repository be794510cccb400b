import type { Model } from '../../domain/config.ts';
import { type NeutralMessage, type NeutralRequest, type WrittenRequest, withSystem } from './neutral.ts';
import { mergeOllamaOptions } from './ollama-pass.ts';

/** Writes the body of `/api/chat`. */
export function writeOllamaRequest(request: NeutralRequest, model: Model): WrittenRequest {
  const { format, think } = request;
  const options = mergeOllamaOptions(model.options, request.options);
  const body = {
    model: model.upstreamModel,
    messages: nameToolResults(withSystem(request.messages, model.systemPrompt)).map(writeMessage),
    stream: request.stream,
    ...(request.tools.length === 0 ? {} : { tools: request.tools }),
    ...(format === null ? {} : { format: format === 'json' ? 'json' : format.schema }),
    ...(think === null ? {} : { think }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(model.onOverflow === 'error' ? { truncate: false, shift: false } : {}),
  };
  return { body: Buffer.from(JSON.stringify(body)), dropped: [] };
}

function writeMessage(message: NeutralMessage): object {
  const { role, text, images, thinking, toolCalls, toolCallId, toolName } = message;
  return {
    role,
    content: text,
    ...(thinking === null ? {} : { thinking }),
    ...(images.length === 0
      ? {}
      : { images: images.map((image) => (image.kind === 'data' ? image.base64 : image.url)) }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map(writeToolCall) }),
    ...(toolName === null ? {} : { tool_name: toolName }),
    ...(toolCallId === null ? {} : { tool_call_id: toolCallId }),
  };
}

function writeToolCall(call: NeutralMessage['toolCalls'][number]): object {
  return {
    ...(call.id === null ? {} : { id: call.id }),
    function: { name: call.name, arguments: call.arguments },
  };
}

/** OpenAI ties a result to its call by id; templates behind Ollama want the name of the tool. */
function nameToolResults(messages: readonly NeutralMessage[]): readonly NeutralMessage[] {
  const names = new Map<string, string>();
  return messages.map((message): NeutralMessage => {
    for (const call of message.toolCalls) if (call.id !== null) names.set(call.id, call.name);
    if (message.role !== 'tool' || message.toolName !== null || message.toolCallId === null) return message;
    return { ...message, toolName: names.get(message.toolCallId) ?? null };
  });
}
