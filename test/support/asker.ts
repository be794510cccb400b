import { Pool } from 'undici';

/** The three ways in. */
export const DOORS = ['chat', 'openai', 'ollama'] as const;
export type Door = (typeof DOORS)[number];

export const PATHS: Readonly<Record<Door, string>> = {
  chat: '/v1/chat',
  openai: '/v1/chat/completions',
  ollama: '/api/chat',
};

export interface Question {
  readonly door: Door;
  readonly content?: string;
  /** Sent where clients of the protocol can put it: own and OpenAI in the body, Ollama in `X-User-Id`. */
  readonly userId?: string;
  readonly stream?: boolean;
  /** `model` of the OpenAI and Ollama body. */
  readonly model?: string;
  /** Laid over the body. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the asker's own. Empty: none is sent. */
  readonly key?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A chat client with connections of its own; light enough to make load with. */
export interface Asker {
  ask(question: Question): Promise<Reply>;
  /** The same, for a body given as bytes. */
  post(path: string, body: string | Buffer, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  close(): Promise<void>;
}

export function createAsker(url: string, key: string, connections = 64): Asker {
  // No limit in time: the tests that care watch it themselves.
  const pool = new Pool(url, { connections, headersTimeout: 0, bodyTimeout: 0 });
  const send = async (
    path: string,
    body: string | Buffer,
    headers: Record<string, string>,
  ): Promise<Reply> => {
    const answer = await pool.request({ method: 'POST', path, body, headers });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  return {
    ask(question) {
      const { door, key: ownKey = key, headers = {} } = question;
      return send(PATHS[door], JSON.stringify(bodyOf(question)), {
        'content-type': 'application/json',
        ...(ownKey === '' ? {} : { authorization: `Bearer ${ownKey}` }),
        ...(door === 'ollama' && question.userId !== undefined ? { 'x-user-id': question.userId } : {}),
        ...headers,
      });
    },
    post: (path, body, headers = {}) =>
      send(path, body, { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers }),
    close: () => pool.destroy(),
  };
}

/** A body as clients of the protocol send it. */
export function bodyOf(question: Question): Record<string, unknown> {
  const { door, content = 'Hello', userId, stream = false, model = 'qwen2:7b', more = {} } = question;
  const messages = [{ role: 'user', content }];
  if (door === 'chat')
    return { messages, stream, ...(userId === undefined ? {} : { user_id: userId }), ...more };
  const user = door === 'openai' && userId !== undefined ? { user: userId } : {};
  return { model, messages, stream, ...user, ...more };
}

/** The answer's text, from any of the three shapes, whole or streamed. */
export function textOf(door: Door, reply: Reply, stream: boolean): string {
  if (!stream) {
    const json = JSON.parse(reply.text);
    return door === 'openai' ? json.choices[0].message.content : json.message.content;
  }
  return framesOf(door, reply.text)
    .map((frame) => pieceOf(door, frame))
    .join('');
}

/** The JSON frames of a streamed answer; OpenAI's `[DONE]` is left out. */
export function framesOf(door: Door, text: string): Record<string, unknown>[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const frames =
    door === 'ollama'
      ? lines
      : lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
  return frames
    .filter((frame) => frame !== '[DONE]')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function pieceOf(door: Door, frame: Record<string, unknown>): string {
  const at = (value: unknown, ...path: (string | number)[]): unknown =>
    path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
  const piece =
    door === 'ollama'
      ? at(frame, 'message', 'content')
      : door === 'openai'
        ? at(frame, 'choices', 0, 'delta', 'content')
        : at(frame, 'delta', 'content');
  return typeof piece === 'string' ? piece : '';
}
