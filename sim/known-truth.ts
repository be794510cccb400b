import type { Agent } from 'node:http';
import { ask, type ChatMessage, tell } from './chat-client.ts';
import type { Rng } from './rng.ts';

/** How conversations with a model go, exactly: what an experiment has to find out. */
export interface Truth {
  /** Share of the first answers that help. */
  readonly completed: number;
  /** Share of the later messages that ask the same again. */
  readonly followUps: number;
  /** Mean messages of a user in a conversation. */
  readonly rounds: number;
}

export interface ConversationOptions {
  readonly agent: Agent;
  /** Base address of the gateway, without a path. */
  readonly url: string;
  readonly key: string | null;
  /** Sent as `model`. */
  readonly route: string;
  readonly userId: string;
  readonly rng: Rng;
  readonly truthOf: (modelId: string) => Truth;
}

/** By its words the intent of a conversation is known. */
export const REFUND_INTENT = { name: 'refund', phrases: ['退款'] };
const OPENING = '我想申请退款，商品有划痕。';
const AGAIN = '没看懂，能再说一次吗？';
/** Each is said once, so that none of them passes for asking again. */
const LATER = [
  '多久才能到账？',
  '运费由谁承担？',
  '需要寄回原来的包装吗？',
  '可以改成换货吗？',
  '已经开了的发票怎么办？',
  '优惠券以后还能使用吗？',
  '积分会不会扣掉？',
  '快递员几点上门取件？',
  '谢谢，没有别的问题了。',
];
const MOST_ROUNDS = LATER.length + 1;

/**
 * One whole conversation of one user: an opening, feedback on its answer, later messages, and the end call. What happens
 * in it is drawn by the truth of the model that answered first. False when an answer failed.
 */
export async function converse(options: ConversationOptions): Promise<boolean> {
  const { rng, truthOf, agent, url, key } = options;
  const messages: ChatMessage[] = [];
  const say = async (content: string) => {
    messages.push({ role: 'user', content });
    const { route: model, userId } = options;
    const whole = { protocol: 'openai', stream: false, sessionId: '', leaveAfterMs: null } as const;
    const asked = await ask({ agent, url, key, model, userId, messages, ...whole });
    messages.push({ role: 'assistant', content: asked.text });
    return asked;
  };
  const first = await say(OPENING);
  const [modelId, requestId, sessionId] = ['x-model-used', 'x-request-id', 'x-session-id'].map((name) =>
    String(first.headers[name]),
  );
  if (first.outcome !== 'ok' || modelId === undefined || sessionId === undefined) return false;
  const truth = truthOf(modelId);
  await tell(options, '/v1/feedback', { request_id: requestId, task_completed: rng.chance(truth.completed) });
  const rounds = Math.min(MOST_ROUNDS, 1 + poisson(truth.rounds - 1, rng));
  for (let round = 1; round < rounds; round += 1) {
    const { outcome } = await say(rng.chance(truth.followUps) ? AGAIN : (LATER[round - 1] ?? AGAIN));
    if (outcome !== 'ok') return false;
  }
  await tell(options, `/v1/sessions/${encodeURIComponent(sessionId)}/end`, { reason: 'completed' });
  return true;
}

/** Knuth's way: fine for small means. */
function poisson(mean: number, rng: Rng): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = rng.next(); product > limit; product *= rng.next()) count += 1;
  return count;
}
