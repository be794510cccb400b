import type { Model } from '../../domain/config.ts';
import { DIALECTS } from './dialect.ts';
import { badField, optionalList, optionalRecord, optionalText } from './fields.ts';
import type { NeutralRequest } from './neutral.ts';
import { ollamaAnswerWriter } from './ollama-answer-writer.ts';
import { passOllamaChat, passOllamaGenerate } from './ollama-pass.ts';
import { readOllamaChat, readOllamaGenerate } from './ollama-request-reader.ts';
import { outlineOf, outlineOfMessages, plainContent } from './outline.ts';
import { passRelay } from './pass-relay.ts';
import { translatedCall } from './translate.ts';
import type { Inbound, PreparedCall, RawBody } from './wire.ts';

/** `POST /api/chat`. */
export const ollamaChat: Inbound = {
  endpoint: 'ollama_chat',
  protocol: 'ollama',
  outline(body) {
    const { json, textOf } = body.skim;
    const messages = optionalList(json, 'messages');
    // Without messages Ollama loads or unloads the model; a bare body is more likely a mistake than such a wish.
    if (messages === null && (json.keep_alive ?? null) === null) {
      throw badField(
        'messages',
        'is missing; send a list of {"role", "content"}, or an empty list to load the model',
      );
    }
    optionalList(json, 'tools');
    optionalRecord(json, 'options');
    return outlineOf(body, true, outlineOfMessages(messages ?? [], plainContent, textOf));
  },
  prepare(body, model) {
    if (model.protocol === 'ollama') return pass(body, '/api/chat', passOllamaChat(body, model));
    return translate(readOllamaChat(body.json), model, 'chat');
  },
};

/** `POST /api/generate`. */
export const ollamaGenerate: Inbound = {
  endpoint: 'ollama_generate',
  protocol: 'ollama',
  outline(body) {
    const { json } = body;
    const prompt = optionalText(json, 'prompt') ?? '';
    optionalRecord(json, 'options');
    return outlineOf(body, true, {
      systemText: optionalText(json, 'system') ?? '',
      firstUserText: prompt,
      userMessages: prompt === '' ? 0 : 1,
      assistantMessages: 0,
      endsWithUser: prompt !== '',
    });
  },
  prepare(body, model) {
    if (model.protocol === 'ollama') return pass(body, '/api/generate', passOllamaGenerate(body, model));
    return translate(readOllamaGenerate(body.json), model, 'generate');
  },
};

function pass(body: RawBody, path: string, pieces: readonly Buffer[]): PreparedCall {
  const stream = body.json.stream !== false;
  return {
    path,
    body: pieces,
    stream,
    contentType: ollamaContentType(stream),
    dropped: [],
    openRelay: () => passRelay(DIALECTS.ollama),
  };
}

function translate(request: NeutralRequest, model: Model, endpoint: 'chat' | 'generate'): PreparedCall {
  return translatedCall(request, model, {
    contentType: ollamaContentType(request.stream),
    writer: (meta) => ollamaAnswerWriter(meta, endpoint),
  });
}

/** As Ollama's own server says it. */
function ollamaContentType(stream: boolean): string {
  return stream ? 'application/x-ndjson' : 'application/json; charset=utf-8';
}
