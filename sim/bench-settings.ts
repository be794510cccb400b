/** How a benchmark's upstream answers; fixed for a server, or carried by the path of one request. */
export interface BenchSettings {
  /** Content chunks of a stream, before its end marker. */
  readonly chunks: number;
  /** Between two chunks; 0 writes the whole stream at once. */
  readonly intervalMs: number;
  /** Bytes of one chunk, framing included. */
  readonly chunkBytes: number;
  /** Above 0: a stream of so many bytes, as fast as the socket takes it. */
  readonly floodBytes: number;
}

export type BenchProtocol = 'ollama' | 'openai';

/** Upper limits, so that a mistyped path cannot fill the machine. */
const LIMITS: BenchSettings = { chunks: 1e6, intervalMs: 600_000, chunkBytes: 2 ** 20, floodBytes: 2 ** 30 };
export const DEFAULTS: BenchSettings = { chunks: 100, intervalMs: 5, chunkBytes: 200, floodBytes: 0 };

/** `/s/CHUNKS/INTERVAL_MS/CHUNK_BYTES/api/chat` and `/flood/BYTES/api/chat`: a model's base URL can carry them. */
export function readPath(
  path: string,
  defaults: BenchSettings,
): { protocol: BenchProtocol; settings: BenchSettings } | null {
  const found = /^(?:\/s\/(\d+)\/(\d+)\/(\d+)|\/flood\/(\d+))?(\/api\/chat|\/v1\/chat\/completions)$/.exec(
    path,
  );
  if (!found) return null;
  const [, chunks, intervalMs, chunkBytes, floodBytes, endpoint] = found;
  const read = (name: keyof BenchSettings, said: string | undefined): number =>
    Math.min(said === undefined ? defaults[name] : Number(said), LIMITS[name]);
  return {
    protocol: endpoint === '/api/chat' ? 'ollama' : 'openai',
    settings: {
      chunks: read('chunks', chunks),
      intervalMs: read('intervalMs', intervalMs),
      chunkBytes: read('chunkBytes', chunkBytes),
      floodBytes: chunks === undefined ? read('floodBytes', floodBytes) : 0,
    },
  };
}

const CREATED = '2026-06-01T09:00:00.000000000Z';
const OLLAMA_END = {
  done_reason: 'stop',
  done: true,
  total_duration: 1e9,
  load_duration: 1e6,
  prompt_eval_count: 30,
  prompt_eval_duration: 1e8,
  eval_count: 100,
  eval_duration: 9e8,
};
const USAGE = { prompt_tokens: 30, completion_tokens: 100, total_tokens: 130 };

/** One content frame of exactly `bytes` bytes, or as short as the framing allows. */
export function contentFrame(protocol: BenchProtocol, bytes: number): Buffer {
  const bare = frameText(protocol, '');
  return Buffer.from(frameText(protocol, 'x'.repeat(Math.max(1, bytes - bare.length))));
}

/** The end marker of a stream. */
export function endFrames(protocol: BenchProtocol): Buffer {
  if (protocol === 'ollama') {
    const message = { role: 'assistant', content: '' };
    return Buffer.from(
      `${JSON.stringify({ model: 'bench', created_at: CREATED, message, ...OLLAMA_END })}\n`,
    );
  }
  const finish = openAiChunk({}, 'stop');
  const usage = { ...openAiHead('chat.completion.chunk'), choices: [], usage: USAGE };
  return Buffer.from(`${finish}data: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`);
}

/** An answer in one piece with `bytes` bytes of text. */
export function wholeBody(protocol: BenchProtocol, bytes: number): Buffer {
  const message = { role: 'assistant', content: 'x'.repeat(bytes) };
  const body =
    protocol === 'ollama'
      ? { model: 'bench', created_at: CREATED, message, ...OLLAMA_END }
      : {
          ...openAiHead('chat.completion'),
          choices: [
            { index: 0, message: { ...message, refusal: null }, logprobs: null, finish_reason: 'stop' },
          ],
          usage: USAGE,
        };
  return Buffer.from(JSON.stringify(body));
}

function frameText(protocol: BenchProtocol, content: string): string {
  if (protocol === 'openai') return openAiChunk({ role: 'assistant', content }, null);
  const line = { model: 'bench', created_at: CREATED, message: { role: 'assistant', content }, done: false };
  return `${JSON.stringify(line)}\n`;
}

function openAiChunk(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  return `data: ${JSON.stringify({ ...openAiHead('chat.completion.chunk'), choices })}\n\n`;
}

function openAiHead(object: string): object {
  return { id: 'chatcmpl-bench', object, created: 1_780_304_400, model: 'bench' };
}
