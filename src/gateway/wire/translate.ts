import type { Model, Protocol } from '../../domain/config.ts';
import type { AnswerWriter } from './answer-writer.ts';
import { DIALECTS } from './dialect.ts';
import { droppedNames, type NeutralRequest, type WrittenRequest } from './neutral.ts';
import { writeOllamaRequest } from './ollama-request-writer.ts';
import { writeOpenaiRequest } from './openai-request-writer.ts';
import { translateRelay } from './translate-relay.ts';
import type { AnswerMeta, PreparedCall } from './wire.ts';

/** The upstream side of each protocol: where a chat goes and how it is written. */
const UPSTREAMS: Readonly<
  Record<Protocol, { path: string; write(request: NeutralRequest, model: Model): WrittenRequest }>
> = {
  ollama: { path: '/api/chat', write: writeOllamaRequest },
  openai: { path: '/chat/completions', write: writeOpenaiRequest },
};

/** A call whose request and answer are translated between two protocols. */
export function translatedCall(
  request: NeutralRequest,
  model: Model,
  client: { contentType: string; writer(meta: AnswerMeta): AnswerWriter },
): PreparedCall {
  const upstream = UPSTREAMS[model.protocol];
  const { body, dropped } = upstream.write(request, model);
  return {
    path: upstream.path,
    body: [body],
    stream: request.stream,
    contentType: client.contentType,
    dropped: droppedNames(request.dropped, dropped),
    openRelay: (meta) => translateRelay(DIALECTS[model.protocol], client.writer(meta)),
  };
}
