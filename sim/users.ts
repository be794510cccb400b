import { Agent } from 'node:http';
import { type Asked, ask, type ChatMessage, type ClientProtocol, type Outcome, tell } from './chat-client.ts';
import { type Script, writeScript } from './conversations.ts';
import { createRng, type Rng } from './rng.ts';

/** One answer as its user saw it. */
export interface UserResult {
  readonly userId: string;
  readonly protocol: ClientProtocol;
  readonly stream: boolean;
  /** `X-Model-Used`; null when nothing answered, or something else than Sluice did. */
  readonly modelUsed: string | null;
  readonly reason: string | null;
  readonly bucket: number | null;
  readonly fallback: string | null;
  readonly requestId: string | null;
  readonly sessionId: string | null;
  readonly status: number | null;
  readonly latencyMs: number;
  readonly ttftMs: number | null;
  readonly outcome: Outcome;
}

export interface UserOptions {
  /** Base address of the gateway, without a path. */
  readonly url: string;
  readonly key: string | null;
  readonly count: number;
  /** Messages per second of all users together. */
  readonly ratePerSecond: number;
  readonly seed?: number;
  /** Weights of the protocols; each user keeps to one. */
  readonly protocolMix?: Readonly<Partial<Record<ClientProtocol, number>>>;
  /** Share of the users who stream. */
  readonly stream?: number;
  /** The name that OpenAI and Ollama clients ask for. */
  readonly model?: string;
  readonly maxInFlight?: number;
  /** Median pause between an answer and the same user's next message. */
  readonly thinkTimeMs?: number;
  /** Chance that a user leaves in the middle of an answer. */
  readonly abandonRate?: number;
  /** Chance that a user asks for the same again. */
  readonly followUpRate?: number;
  /** Chance that a user rates an answer. */
  readonly feedbackRate?: number;
  /** How good a model's answers are, 0–1, 0.5 by default: better ones are left, asked again and rated down less. */
  readonly quality?: (modelId: string) => number;
  readonly onAnswer?: (result: UserResult) => void;
}

export interface UserStats {
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  /** Messages that were due while the limit in flight was reached, or every user was thinking. */
  readonly skipped: number;
  readonly inFlight: number;
}

export interface SimUsers {
  stats(): UserStats;
  /** Cuts off what is in flight, without a result for it; resolves when nothing is left. */
  stop(): Promise<void>;
}

interface User {
  readonly id: string;
  readonly rng: Rng;
  readonly protocol: ClientProtocol;
  readonly stream: boolean;
  script: Script;
  conversation: number;
  turn: number;
  messages: ChatMessage[];
  /** Of the model that answered last. */
  quality: number;
  isBusy: boolean;
  readyAtMs: number;
}

/** Random users looked at for one who is ready; with most of them idle the first fits. */
const PICK_TRIES = 16;
const DEFAULT_IN_FLIGHT = 64;
/** Arrivals made up for at once after the process was held up. */
const MAX_BURST = 100;

/** The first two show both sides of an 80/20 split: buckets 0 and 89. */
export function userIds(count: number): string[] {
  const known = ['alice', 'uid_123456'];
  return Array.from({ length: count }, (_, i) => known[i] ?? `uid_${200_000 + i}`);
}

/** Users who talk through a chat endpoint at a steady rate, each with a conversation of their own. */
export function startUsers(options: UserOptions): SimUsers {
  const { seed = 1, count, ratePerSecond, maxInFlight = DEFAULT_IN_FLIGHT } = options;
  const rng = createRng(seed, 'arrivals');
  const users = userIds(count).map((id) => newUser(id, options));
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  const counters = { sent: 0, answered: 0, failed: 0, skipped: 0 };
  const running = new Set<Promise<void>>();
  let isStopped = false;
  let dueMs = performance.now();
  let timer: NodeJS.Timeout;

  // What stopping cuts off is nobody's failure.
  const onAnswer = (result: UserResult): void => {
    if (!isStopped) options.onAnswer?.(result);
  };
  const readyUser = (): User | null => {
    for (let i = 0; i < PICK_TRIES; i++) {
      const user = rng.pick(users);
      if (!user.isBusy && user.readyAtMs <= performance.now()) return user;
    }
    return null;
  };
  const arrive = (): void => {
    const user = running.size < maxInFlight ? readyUser() : null;
    if (!user) {
      counters.skipped++;
      return;
    }
    counters.sent++;
    const turn = speak(user, agent, { ...options, onAnswer }).then((outcome) => {
      if (outcome === 'ok' || outcome === 'abandoned') counters.answered++;
      else if (!isStopped) counters.failed++;
      running.delete(turn);
    });
    running.add(turn);
  };
  const tick = (): void => {
    const nowMs = performance.now();
    for (let i = 0; dueMs <= nowMs; i++) {
      if (i >= MAX_BURST) dueMs = nowMs;
      else arrive();
      // Exponential gaps: arrivals of many independent people.
      dueMs += (-Math.log(1 - rng.next()) * 1000) / ratePerSecond;
    }
    if (!isStopped) timer = setTimeout(tick, dueMs - nowMs);
  };
  timer = setTimeout(tick, 0);

  return {
    stats: () => ({ ...counters, inFlight: running.size }),
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      agent.destroy();
      await Promise.all(running);
    },
  };
}

function newUser(
  id: string,
  { seed = 1, protocolMix = { chat: 1, openai: 1, ollama: 1 }, stream = 0.7 }: UserOptions,
): User {
  const rng = createRng(seed, 'user', id);
  const language = id === 'alice' ? 'en' : id === 'uid_123456' ? 'zh' : rng.pick(['zh', 'en'] as const);
  return {
    id,
    rng,
    protocol: pickProtocol(protocolMix, rng),
    stream: rng.chance(stream),
    script: writeScript(language, rng),
    conversation: 1,
    turn: 0,
    messages: [],
    quality: 0.5,
    isBusy: false,
    readyAtMs: 0,
  };
}

function pickProtocol(mix: NonNullable<UserOptions['protocolMix']>, rng: Rng): ClientProtocol {
  const { chat = 0, openai = 0, ollama = 0 } = mix;
  const at = rng.next() * (chat + openai + ollama);
  return at < chat ? 'chat' : at < chat + openai ? 'openai' : 'ollama';
}

/** One turn of a user: says something, reads the answer, decides what comes next. */
async function speak(user: User, agent: Agent, options: UserOptions): Promise<Outcome> {
  const { rng } = user;
  user.isBusy = true;
  // Bad answers make people leave and ask again: 0.5 is neutral.
  const unease = 1.5 - user.quality;
  if (user.messages.at(-1)?.role !== 'user') {
    const asksAgain = user.messages.length > 0 && rng.chance((options.followUpRate ?? 0.08) * unease);
    const content = asksAgain ? user.script.followUp(rng) : user.script.line(user.turn++);
    user.messages.push({ role: 'user', content });
  }
  const leaves = user.stream && rng.chance((options.abandonRate ?? 0.02) * unease);
  const asked = await ask({
    agent,
    url: options.url,
    key: options.key,
    protocol: user.protocol,
    stream: user.stream,
    model: options.model ?? 'qwen2:7b',
    userId: user.id,
    sessionId: `${user.id}-${user.conversation}`,
    messages: user.messages,
    leaveAfterMs: leaves ? 50 + rng.int(1500) : null,
  });
  const result = resultOf(user, asked);
  options.onAnswer?.(result);
  if (result.modelUsed !== null) user.quality = options.quality?.(result.modelUsed) ?? 0.5;
  if (asked.outcome === 'ok') {
    user.messages.push({ role: 'assistant', content: asked.text });
    await giveFeedback(user, result, { agent, options });
  }
  // After an error some send the same again, as they would press a button; the others begin anew another time.
  const isOver = asked.outcome === 'ok' ? user.turn >= user.script.turns : rng.chance(0.5);
  if (isOver || asked.outcome === 'abandoned') beginAnew(user);
  user.readyAtMs = performance.now() + rng.logNormal(options.thinkTimeMs ?? 4000, 0.5);
  user.isBusy = false;
  return asked.outcome;
}

async function giveFeedback(
  user: User,
  { requestId, sessionId }: UserResult,
  { agent, options }: { agent: Agent; options: UserOptions },
): Promise<void> {
  const { url, key, feedbackRate = 0.05 } = options;
  const isLast = user.turn >= user.script.turns;
  if (requestId !== null && user.rng.chance(feedbackRate)) {
    const isGood = user.rng.chance(0.3 + 0.6 * user.quality);
    const body = isLast
      ? { request_id: requestId, task_completed: isGood }
      : { request_id: requestId, rating: isGood ? 1 : -1 };
    await tell({ agent, url, key }, '/v1/feedback', body);
  }
  // Only clients of Sluice's own protocol know that a session can be ended.
  if (isLast && user.protocol === 'chat' && sessionId !== null && user.rng.chance(0.5)) {
    await tell({ agent, url, key }, `/v1/sessions/${encodeURIComponent(sessionId)}/end`, {
      reason: 'completed',
    });
  }
}

function beginAnew(user: User): void {
  user.script = writeScript(user.script.language, user.rng);
  user.conversation++;
  user.turn = 0;
  user.messages = [];
}

function resultOf({ id, protocol, stream }: User, asked: Asked): UserResult {
  const header = (name: string): string | null => {
    const value = asked.headers[name];
    return typeof value === 'string' ? value : null;
  };
  const bucket = header('x-sluice-bucket');
  return {
    userId: id,
    protocol,
    stream,
    modelUsed: header('x-model-used'),
    reason: header('x-sluice-reason'),
    bucket: bucket === null ? null : Number(bucket),
    fallback: header('x-sluice-fallback'),
    requestId: header('x-request-id'),
    sessionId: header('x-session-id'),
    status: asked.status,
    latencyMs: asked.latencyMs,
    ttftMs: asked.ttftMs,
    outcome: asked.outcome,
  };
}
