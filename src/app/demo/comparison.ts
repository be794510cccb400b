import { Agent } from 'node:http';
import { converse, REFUND_INTENT, type Truth } from '../../../sim/known-truth.ts';
import { startModelServer } from '../../../sim/model-server.ts';
import { createRng } from '../../../sim/rng.ts';
import type { ExperimentReport } from '../../contract/experiment-report.ts';
import type { AdminClient } from '../cli/admin-client.ts';

export interface ComparisonOptions {
  readonly admin: AdminClient;
  readonly url: string;
  readonly key: string;
  /** How many times faster than real time. */
  readonly speed: number;
}

/** An experiment whose truth is known, on a route of its own. */
export interface Comparison {
  /** What it says now, in a sentence; null while the index cannot tell. */
  decision(): Promise<string | null>;
  stop(): Promise<void>;
}

export const EXPERIMENT = 'qwen3-vs-qwen2';
const ROUTE = 'assistant';
const MODELS = [
  { id: 'qwen2-7b-assistant', upstreamModel: 'qwen2:7b', arm: 'control' },
  { id: 'qwen3-14b-assistant', upstreamModel: 'qwen3:14b', arm: 'treatment' },
] as const;
const CONTROL: Truth = { completed: 0.63, followUps: 0.29, rounds: 3 };
const TREATMENT: Truth = { completed: 0.79, followUps: 0.171, rounds: 4.2 };
/** At real time: enough for a verdict after some minutes. */
const CONVERSATIONS_PER_SECOND = 2;
const MAX_IN_FLIGHT = 32;
const ANSWER_TOKENS = 8;

/** Two models on a server of their own, a route, an experiment that runs, and people who talk to it. */
export async function startComparison(options: ComparisonOptions): Promise<Comparison> {
  const { admin, url, key, speed } = options;
  const models = MODELS.map(({ upstreamModel }) => ({ name: upstreamModel, answerTokens: ANSWER_TOKENS }));
  const server = await startModelServer({ port: 0, speed: Number.POSITIVE_INFINITY, models });
  await register(admin, server.url);
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT });
  const running = new Set<Promise<unknown>>();
  let people = 0;
  const begin = (): void => {
    if (running.size >= MAX_IN_FLIGHT) return;
    people += 1;
    const userId = `guest_${people}`;
    const talk: Promise<unknown> = converse({
      ...{ agent, url, key, route: ROUTE, userId },
      rng: createRng(EXPERIMENT, userId),
      truthOf: (model) => (model === MODELS[1].id ? TREATMENT : CONTROL),
    }).then(() => running.delete(talk));
    running.add(talk);
  };
  const arriving = setInterval(begin, 1_000 / (CONVERSATIONS_PER_SECOND * speed));
  return {
    async decision() {
      const path = `/experiments/${EXPERIMENT}/report`;
      const report = await admin.call<ExperimentReport>('GET', path).catch(() => null); // while the index starts
      return report?.decision.said.en ?? null;
    },
    async stop() {
      clearInterval(arriving);
      agent.destroy();
      await Promise.all(running);
      await server.close();
    },
  };
}

async function register(admin: AdminClient, serverUrl: string): Promise<void> {
  for (const { id, upstreamModel } of MODELS) {
    const body = { id, protocol: 'ollama', base_url: serverUrl, upstream_model: upstreamModel };
    await admin.call('POST', '/models', { body });
  }
  const rules = [{ model_id: MODELS[0].id, weight: 100 }];
  await admin.call('POST', '/routes', { body: { id: ROUTE, name: 'Assistant', rules } });
  await admin.call('PUT', '/intents', { body: { intents: [REFUND_INTENT] } });
  const experiment = {
    id: EXPERIMENT,
    name: 'Qwen3 14B against Qwen2 7B',
    route_id: ROUTE,
    duration: '72h',
    expected_users: 1_200,
    arms: MODELS.map(({ id, arm }) => ({ name: arm, model_id: id, share: 50 })),
    metrics: [
      { metric: 'task_completion', role: 'primary', target: { absolute: 0.08 } },
      { metric: 'follow_up_rate', role: 'primary', target: { ratio_at_most: 0.7 } },
      { metric: 'session_depth', role: 'primary', target: { absolute: 1.2 } },
      { metric: 'error_rate', role: 'guardrail', margin: 0.02 },
    ],
  };
  await admin.call('POST', '/experiments', { body: experiment });
  await admin.call('POST', `/experiments/${EXPERIMENT}/start`);
}
