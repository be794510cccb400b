import type { Static } from 'typebox';
import type { ChatAnswer, ChatRequest } from '../../../src/contract/chat.ts';
import { call } from './call.ts';

type Assignment = Static<typeof ChatAnswer>['assignment'];
type Usage = Static<typeof ChatAnswer>['usage'];

export interface ChatEnd {
  /** The model that answered, as the header says. */
  readonly modelUsed: string | null;
  readonly assignment: Assignment | null;
  readonly usage: Usage | null;
  /** What the gateway says went wrong. */
  readonly error: string | null;
  /** How it ended where nobody said so. */
  readonly broken: 'no_end' | 'stopped' | 'offline' | null;
}

interface ChatOptions {
  readonly request: ChatRequest;
  readonly signal: AbortSignal;
  onText(piece: string): void;
}

let chatKey: Promise<string> | null = null;

/** A key for the chat endpoints, which take no cookie; it lives in this window alone. */
function keyOfThisWindow(): Promise<string> {
  chatKey ??= call('POST /session/chat-key').then(({ key }) => key);
  chatKey.catch(() => {
    chatKey = null;
  });
  return chatKey;
}

/** Asks the real chat endpoint, as any client does, and tells the answer piece by piece. */
export async function chat({ request, signal, onText }: ChatOptions): Promise<ChatEnd> {
  const answer = await post(request, signal);
  const modelUsed = answer.headers.get('x-model-used');
  const end: ChatEnd = { modelUsed, assignment: null, usage: null, error: null, broken: null };
  if (!answer.ok || !answer.body) {
    const { error } = await answer.json().catch(() => ({ error: { message: `HTTP ${answer.status}` } }));
    return { ...end, error: error.message };
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { ...end, broken: 'no_end' as const };
    const frames = (rest + value).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const data = JSON.parse(frame.slice('data: '.length));
      if (data.delta) onText(data.delta.content);
      if (data.error) return { ...end, error: data.error.message };
      if (data.done) return { ...end, assignment: data.assignment, usage: data.usage };
    }
  }
}

async function post(request: ChatRequest, signal: AbortSignal): Promise<Response> {
  const send = async (): Promise<Response> =>
    fetch('/v1/chat', {
      method: 'POST',
      signal,
      credentials: 'omit',
      headers: { authorization: `Bearer ${await keyOfThisWindow()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, stream: true }),
    });
  const answer = await send();
  if (answer.status !== 401) return answer;
  chatKey = null; // of a session that is over
  return send();
}
