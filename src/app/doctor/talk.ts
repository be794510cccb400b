import { codeOf, headOf, readText } from './contact.ts';
import { fullName, type Loaded, type Subject, type Talk } from './facts.ts';

export interface TalkOptions {
  /** From the question to the end of the answer. */
  readonly limitMs: number;
  /** What was in memory before; null where the server does not tell. */
  readonly loadedBefore: readonly Loaded[] | null;
}

/** Long enough for a stream to show its pace, short enough not to keep the model from its users. */
const ANSWER_TOKENS = 48;
const QUESTION = 'Count from one to forty in words.';

/** Asks the model one streamed question and notes when each piece of the answer came. Never throws. */
export async function talkTo(subject: Subject, { limitMs, loadedBefore }: TalkOptions): Promise<Talk> {
  const startMs = performance.now();
  const elapsedMs = (): number => performance.now() - startMs;
  const loaded = loadedBefore?.find((one) => fullName(one.name) === fullName(subject.upstreamModel ?? ''));
  const progress: Progress = { pieceMs: [], writingMs: null, isComplete: false, error: null };
  const wasLoaded = loadedBefore === null ? null : loaded !== undefined;
  const talk = (contact: Talk['contact']): Talk => ({
    contact,
    ...progress,
    totalMs: elapsedMs(),
    wasLoaded,
  });
  try {
    const response = await fetch(...question(subject, loaded ?? null, limitMs));
    const head = headOf(response);
    if (response.status !== 200) return talk({ ...head, text: await readText(response) });
    await readFrames(response, (frame) => note(frame, progress, elapsedMs()));
    return talk({ ...head, text: '' });
  } catch (error) {
    return talk({ kind: 'none', code: codeOf(error) });
  }
}

function question(subject: Subject, loaded: Loaded | null, limitMs: number): [string, RequestInit] {
  const ollama = subject.protocol === 'ollama';
  // Another context than the loaded one would make Ollama reload the model under its users.
  const keep = subject.id === null && loaded?.contextLength ? { num_ctx: loaded.contextLength } : {};
  const body = {
    model: subject.upstreamModel,
    stream: true,
    messages: [{ role: 'user', content: QUESTION }],
    ...(ollama
      ? { options: { ...keep, ...subject.options, num_predict: ANSWER_TOKENS } }
      : { max_tokens: ANSWER_TOKENS }),
  };
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(limitMs),
  };
  return [`${subject.baseUrl}${ollama ? '/api/chat' : '/chat/completions'}`, init];
}

interface Progress {
  readonly pieceMs: number[];
  writingMs: number | null;
  isComplete: boolean;
  error: string | null;
}

/** NDJSON lines or the `data:` lines of an event stream, as they come. */
async function readFrames(response: Response, onFrame: (frame: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onFrame(line.replace(/^data:/, '').trim());
  }
  onFrame(rest.replace(/^data:/, '').trim());
}

interface Frame {
  readonly error?: unknown;
  readonly done?: boolean;
  readonly eval_duration?: number;
  readonly message?: { readonly content?: string; readonly thinking?: string };
  readonly choices?: readonly {
    readonly finish_reason?: string | null;
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning?: string;
      readonly reasoning_content?: string;
    };
  }[];
}

function note(text: string, progress: Progress, atMs: number): void {
  if (text === '[DONE]') progress.isComplete = true;
  const frame = frameIn(text);
  if (frame === null) return;
  if (frame.error) {
    progress.error = typeof frame.error === 'string' ? frame.error : JSON.stringify(frame.error);
  }
  const choice = frame.choices?.[0];
  const delta = choice?.delta;
  if (frame.message?.content || frame.message?.thinking) progress.pieceMs.push(atMs);
  if (delta?.content || delta?.reasoning || delta?.reasoning_content) progress.pieceMs.push(atMs);
  if (frame.done || choice?.finish_reason) progress.isComplete = true;
  if (typeof frame.eval_duration === 'number') progress.writingMs = frame.eval_duration / 1e6;
}

function frameIn(text: string): Frame | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
