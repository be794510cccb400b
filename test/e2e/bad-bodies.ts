import { bodyOf, type Door } from '../support/asker.ts';

const MESSAGES = '"messages":[{"role":"user","content":"hi"}]';
const textBody = (door: Door, more: object): string => JSON.stringify({ ...bodyOf({ door }), ...more });

/** A request that must be refused before a model server hears of it. */
export interface BadBody {
  readonly name: string;
  readonly body: (door: Door) => string | Buffer;
  readonly status: number;
  /** The fault is named so. */
  readonly says: RegExp;
  readonly headers?: Readonly<Record<string, string>>;
  /** Protocols that it is bad for; all of them unless told. */
  readonly doors?: readonly Door[];
}

export const BAD_BODIES: readonly BadBody[] = [
  { name: 'no body', body: () => '', status: 400, says: /body|JSON/i },
  { name: 'bad JSON', body: () => `{"model":"m",${MESSAGES},}`, status: 400, says: /JSON.*\d|\d.*JSON/s },
  {
    name: 'half a body',
    body: () => `{"model":"m","messages":[{"role":"us`,
    status: 400,
    says: /JSON.*ends/s,
  },
  { name: 'a list as body', body: () => '[]', status: 400, says: /object/ },
  { name: 'a text as body', body: () => '"hello"', status: 400, says: /object/ },
  {
    name: 'duplicate model',
    body: () => `{"model":"a",${MESSAGES},"model":"b"}`,
    status: 400,
    says: /"?model"?.*(twice|duplicate|more than once)|(twice|duplicate).*model/i,
  },
  {
    name: 'duplicate model, one of them escaped',
    body: () => `{"model":"a",${MESSAGES},"mod\\u0065l":"b"}`,
    status: 400,
    says: /model/,
  },
  {
    name: 'duplicate user_id',
    body: () => `{"user_id":"a",${MESSAGES},"user_id":"b"}`,
    status: 400,
    says: /user_id/,
  },
  {
    name: 'depth 10,000',
    body: () => `{${MESSAGES},"options":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    status: 400,
    says: /64/,
  },
  {
    name: 'depth 65',
    body: () => `{${MESSAGES},"options":${'['.repeat(64)}${']'.repeat(64)}}`,
    status: 400,
    says: /64/,
  },
  {
    name: '5 MiB',
    body: (door) => textBody(door, { messages: [{ role: 'user', content: 'x'.repeat(5 * 1024 * 1024) }] }),
    status: 413,
    says: /4194304|4 MiB/,
  },
  {
    name: 'a NUL byte in a text',
    body: () => `{"messages":[{"role":"user","content":"a\u0000b"}]}`,
    status: 400,
    says: /NUL/,
  },
  { name: 'a NUL byte between', body: () => `{\u0000${MESSAGES}}`, status: 400, says: /NUL/ },
  {
    name: 'invalid UTF-8',
    body: () =>
      Buffer.concat([
        Buffer.from('{"messages":[{"role":"user","content":"'),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"}]}'),
      ]),
    status: 400,
    says: /UTF-8/,
  },
  {
    name: 'a cut-off UTF-8 character',
    body: () =>
      Buffer.concat([
        Buffer.from('{"messages":[{"role":"user","content":"'),
        Buffer.from('你').subarray(0, 2),
        Buffer.from('"}]}'),
      ]),
    status: 400,
    says: /UTF-8/,
  },
  {
    name: 'UTF-16',
    body: (door) => Buffer.from(textBody(door, {}), 'utf16le'),
    status: 400,
    says: /UTF-8|NUL|JSON/,
  },
  {
    name: 'absent messages',
    body: (door) => (door === 'chat' ? '{}' : '{"model":"m"}'),
    status: 400,
    says: /messages/,
  },
  {
    name: 'empty messages',
    body: () => '{"messages":[]}',
    status: 400,
    says: /messages/,
    doors: ['chat', 'openai'],
  },
  {
    name: 'messages as a text',
    body: (door) => textBody(door, { messages: 'hi' }),
    status: 400,
    says: /messages.*list/,
  },
  {
    name: 'a message as a text',
    body: (door) => textBody(door, { messages: ['hi'] }),
    status: 400,
    says: /messages\[0\]|messages\/0/,
  },
  {
    name: 'a message without a role',
    body: (door) => textBody(door, { messages: [{ content: 'hi' }] }),
    status: 400,
    says: /role/,
  },
  {
    name: 'content as a number',
    body: (door) => textBody(door, { messages: [{ role: 'user', content: 5 }] }),
    status: 400,
    says: /content/,
  },
  {
    name: 'model as a number',
    body: (door) => textBody(door, { model: 5 }),
    status: 400,
    says: /model/,
    doors: ['openai', 'ollama'],
  },
  {
    name: 'stream as a text',
    body: (door) => textBody(door, { stream: 'yes' }),
    status: 400,
    says: /stream/,
  },
  { name: 'tools as an object', body: (door) => textBody(door, { tools: {} }), status: 400, says: /tools/ },
  {
    name: 'user_id as an object',
    body: (door) => textBody(door, { user_id: {} }),
    status: 400,
    says: /user_id/,
  },
  {
    name: 'a user_id of 513 bytes',
    body: (door) => textBody(door, { user_id: 'x'.repeat(513) }),
    status: 400,
    says: /user_id.*512/s,
  },
  {
    name: 'a user_id of 171 Chinese characters',
    body: (door) => textBody(door, { user_id: '中'.repeat(171) }),
    status: 400,
    says: /user_id.*512/s,
  },
  {
    name: 'a session_id of 513 bytes',
    body: (door) => textBody(door, { session_id: 'x'.repeat(513) }),
    status: 400,
    says: /session_id.*512/s,
  },
  {
    name: 'a user in a header of 513 bytes',
    body: (door) => JSON.stringify(bodyOf({ door })),
    headers: { 'x-user-id': 'x'.repeat(513) },
    status: 400,
    says: /x-user-id.*512/is,
  },
  {
    name: 'an unknown model_id',
    body: (door) => textBody(door, { model_id: 'no-such-model' }),
    status: 404,
    says: /no-such-model/,
  },
  {
    name: 'an unknown X-Model-Id',
    body: (door) => textBody(door, {}),
    headers: { 'x-model-id': 'no-such-model' },
    status: 404,
    says: /no-such-model/,
  },
  {
    name: 'an unknown route',
    body: (door) => textBody(door, { route: 'no-such-route' }),
    status: 404,
    says: /no-such-route/,
  },
  {
    name: 'an unknown field',
    body: (door) => textBody(door, { temprature: 1 }),
    status: 400,
    says: /temprature/,
    doors: ['chat'],
  },
  {
    name: 'an unknown field in a message',
    body: (door) => textBody(door, { messages: [{ role: 'user', content: 'x', nmae: 'y' }] }),
    status: 400,
    says: /nmae/,
    doors: ['chat'],
  },
  {
    name: 'a Content-Encoding',
    body: (door) => textBody(door, {}),
    headers: { 'content-encoding': 'gzip' },
    status: 415,
    says: /gzip/,
  },
  {
    name: 'another charset',
    body: (door) => textBody(door, {}),
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    says: /utf-16/,
  },
  {
    name: 'two credentials',
    body: (door) => textBody(door, {}),
    headers: { 'x-api-key': 'another-key' },
    status: 400,
    says: /two|keys/,
  },
];
