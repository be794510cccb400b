/** What the bench's model server says: bytes as the real servers send them, made once. */
export interface Script {
  readonly contentType: string;
  readonly whole: Buffer;
  readonly chunk: Buffer;
  readonly last: Buffer;
}

const ANSWER = 'Your parcel was handed to the carrier this morning and arrives on Tuesday before noon.';

/** About 200 bytes a streamed chunk with its framing, which is what OpenAI-style servers send for one token. */
export const SCRIPTS: Readonly<Record<'openai' | 'ollama', Script>> = { openai: openai(), ollama: ollama() };

function openai(): Script {
  const base = { id: 'chatcmpl-bench-000001', created: 1_790_000_000, model: 'qwen3:32b' };
  const piece = (choice: object, extra: object = {}): string =>
    `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }], ...extra })}\n\n`;
  const usage = { prompt_tokens: 30, completion_tokens: 45, total_tokens: 75 };
  return {
    contentType: 'text/event-stream',
    whole: json({
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
      usage,
    }),
    chunk: Buffer.from(piece({ delta: { content: ' parcel, which arrives' }, finish_reason: null })),
    last: Buffer.from(`${piece({ delta: {}, finish_reason: 'stop' }, { usage })}data: [DONE]\n\n`),
  };
}

function ollama(): Script {
  const base = { model: 'qwen3:32b', created_at: '2026-09-21T08:00:00.000000Z' };
  const line = (content: string, done: object): string =>
    `${JSON.stringify({ ...base, message: { role: 'assistant', content }, ...done })}\n`;
  const end = {
    done_reason: 'stop',
    done: true,
    total_duration: 1_200_000_000,
    load_duration: 20_000_000,
    prompt_eval_count: 30,
    prompt_eval_duration: 80_000_000,
    eval_count: 45,
    eval_duration: 1_100_000_000,
  };
  return {
    contentType: 'application/x-ndjson',
    whole: Buffer.from(line(ANSWER, end).trimEnd()),
    chunk: Buffer.from(
      line(' parcel, which arrives on Tuesday before noon, as the carrier said', { done: false }),
    ),
    last: Buffer.from(line('', end)),
  };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
