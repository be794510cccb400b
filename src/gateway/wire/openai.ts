import type { Model } from '../../domain/config.ts';
import { DIALECTS } from './dialect.ts';
import { optionalList, optionalRecord } from './fields.ts';
import { openaiAnswerWriter } from './openai-answer-writer.ts';
import { asksForUsage, passOpenai } from './openai-pass.ts';
import { readOpenaiRequest } from './openai-request-reader.ts';
import { outlineOf, outlineOfMessages, partedContent, requiredMessages } from './outline.ts';
import { passRelay } from './pass-relay.ts';
import { translatedCall } from './translate.ts';
import { usageFilterRelay } from './usage-filter.ts';
import type { Inbound, PreparedCall, RawBody } from './wire.ts';

/** `POST /v1/chat/completions`. */
export const openaiChat: Inbound = {
  endpoint: 'openai_chat',
  protocol: 'openai',
  outline(body) {
    const { json, textOf } = body.skim;
    const talk = outlineOfMessages(requiredMessages(json), partedContent, textOf);
    optionalList(json, 'tools');
    optionalRecord(json, 'stream_options');
    return outlineOf(body, false, talk);
  },
  prepare(body, model) {
    if (model.protocol === 'openai') return pass(body, model);
    const stream = body.json.stream === true;
    const wantsUsage = asksForUsage(body.json);
    return translatedCall(readOpenaiRequest(body.json), model, {
      contentType: openaiContentType(stream),
      writer: (meta) => openaiAnswerWriter(meta, wantsUsage),
    });
  },
};

function pass(body: RawBody, model: Model): PreparedCall {
  const passed = passOpenai(body, model);
  const stream = body.json.stream === true;
  return {
    path: '/chat/completions',
    body: passed.body,
    stream,
    contentType: openaiContentType(stream),
    dropped: [],
    openRelay: () => (passed.hidesUsage ? usageFilterRelay() : passRelay(DIALECTS.openai)),
  };
}

function openaiContentType(stream: boolean): string {
  return stream ? 'text/event-stream' : 'application/json';
}
