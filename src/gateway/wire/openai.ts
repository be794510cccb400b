import type { Model } from '../../domain/config.ts';
import { DIALECTS } from './dialect.ts';
import { optionalList, optionalRecord } from './fields.ts';
import { passOpenai } from './openai-pass.ts';
import { outlineOf, outlineOfMessages, partedContent, requiredMessages } from './outline.ts';
import { passRelay } from './pass-relay.ts';
import { usageFilterRelay } from './usage-filter.ts';
import type { Inbound, PreparedCall, RawBody } from './wire.ts';

/** `POST /v1/chat/completions`. */
export const openaiChat: Inbound = {
  endpoint: 'openai_chat',
  protocol: 'openai',
  outline(body) {
    const { json } = body;
    const talk = outlineOfMessages(requiredMessages(json), partedContent);
    optionalList(json, 'tools');
    optionalRecord(json, 'stream_options');
    return outlineOf(body, false, talk);
  },
  prepare(body, model) {
    return pass(body, model);
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

export function openaiContentType(stream: boolean): string {
  return stream ? 'text/event-stream' : 'application/json';
}
