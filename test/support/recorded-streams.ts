/**
 * Answers as model servers stream them, byte for byte: Chinese, an emoji outside the basic plane, a combining
 * accent, escapes, thinking, and a comment and a CRLF where the protocol has them.
 */
const PIECES = [
  '你好',
  '，',
  '世界',
  ' 😀',
  ' cafe\u0301',
  ' "quoted\\path"',
  '\nline\t',
  '中\u2028文',
  ' naïve',
  '。',
];

export const RECORDED_TEXT = PIECES.join('');

export const OLLAMA_STREAM = Buffer.from(
  [
    ...PIECES.map((content) => ({ done: false, message: { role: 'assistant', content } })),
    {
      done: true,
      done_reason: 'stop',
      message: { role: 'assistant', content: '' },
      total_duration: 5_191_566_416,
      load_duration: 2_154_458,
      prompt_eval_count: 26,
      prompt_eval_duration: 383_809_000,
      eval_count: PIECES.length,
      eval_duration: 4_799_921_000,
    },
  ]
    .map(
      (frame) =>
        `${JSON.stringify({ model: 'qwen2:7b', created_at: '2026-05-12T08:20:19.411Z', ...frame })}\n`,
    )
    .join(''),
);

const openaiFrame = (choices: object[], more: object = {}): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-7f2',
    object: 'chat.completion.chunk',
    created: 1_747_000_000,
    model: 'qwen2:7b',
    choices,
    ...more,
  })}`;

export const OPENAI_STREAM = Buffer.from(
  [
    ': a comment, as proxies send it to keep a connection open',
    openaiFrame([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
    ...PIECES.map((content) => openaiFrame([{ index: 0, delta: { content }, finish_reason: null }])),
    openaiFrame([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    openaiFrame([], { usage: { prompt_tokens: 26, completion_tokens: PIECES.length, total_tokens: 36 } }),
    'data: [DONE]',
  ]
    // Both line ends are allowed, and both are seen.
    .map((event, i) => event + (i % 2 === 0 ? '\n\n' : '\r\n\r\n'))
    .join(''),
);
