import { ChatRequest } from '../../contract/chat.ts';
import { validate } from '../../contract/validate.ts';
import { chatAnswerWriter } from './chat-answer-writer.ts';
import { badField, type Json, optionalBoolean, optionalRecord } from './fields.ts';
import { type NeutralRequest, plainMessage } from './neutral.ts';
import { outlineOf, outlineOfMessages, plainContent, requiredMessages, roleOf } from './outline.ts';
import { translatedCall } from './translate.ts';
import type { Inbound } from './wire.ts';

/** `POST /v1/chat`: Sluice's own protocol. Unlike the others it refuses what it does not know. */
export const chat: Inbound = {
  endpoint: 'chat',
  protocol: 'chat',
  outline(body) {
    const { json } = body;
    refuseOtherShapes(json);
    const { skim } = body;
    const talk = outlineOfMessages(requiredMessages(skim.json), plainContent, skim.textOf);
    return outlineOf(body, false, talk);
  },
  prepare(body, model) {
    const request = readChat(body.json);
    return translatedCall(request, model, {
      contentType: request.stream ? 'text/event-stream' : 'application/json',
      writer: chatAnswerWriter,
    });
  },
};

function readChat(json: Json): NeutralRequest {
  return {
    stream: optionalBoolean(json, 'stream') ?? false,
    messages: requiredMessages(json).map((message, index) => {
      const { content } = message as Json;
      return plainMessage(
        roleOf(message as Json, index),
        plainContent(content, `messages[${index}].content`),
      );
    }),
    tools: [],
    format: null,
    think: null,
    options: optionalRecord(json, 'options') ?? {},
    dropped: [],
  };
}

function refuseOtherShapes(json: Json): void {
  if ('model' in json) {
    throw badField('model', 'is not a field of /v1/chat; name a model with model_id, or a route with route');
  }
  const checked = validate(ChatRequest, json);
  const first = checked.ok ? undefined : checked.errors[0];
  if (first) throw badField(first.path, first.message);
}
