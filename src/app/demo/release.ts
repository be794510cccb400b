import type { RolloutAnswer } from '../../contract/rollout.ts';
import type { AdminClient } from '../cli/admin-client.ts';

export interface DemoRelease {
  readonly routeId: string;
  readonly candidateModelId: string;
  /** How many times faster than in three minutes. */
  readonly speed: number;
}

export const RELEASE_ID = 'demo';
/** How often it is looked at: often enough for stages of half a minute. */
export const LOOK_MS = 2_000;

/** A release as an operator would describe it, but in minutes: a shop would take days. */
export async function startDemoRelease(admin: AdminClient, release: DemoRelease): Promise<void> {
  const { routeId: route_id, candidateModelId: candidate_model_id, speed } = release;
  const time = (ms: number): string => `${Math.max(1, Math.round(ms / speed))}ms`;
  const health = [
    { metric: 'error_rate', op: '<', value: 0.05, min_samples: 10, hard_limit: 0.1 },
    { metric: 'latency_p95', op: '<', value: time(15_000), min_samples: 10 },
  ];
  const guard = {
    metric: 'error_rate_vs_stable',
    op: '<=',
    value: 1.5,
    mode: 'confident',
    on_fail: 'abort',
    on_no_data: 'warn',
  };
  const stage = (weight: number, holdMs: number, gates: readonly object[]) => ({
    weight,
    hold: time(holdMs),
    quiet: time(10_000),
    gates,
  });
  const stages = [
    stage(5, 35_000, health),
    stage(20, 40_000, [...health, guard]),
    stage(50, 40_000, [...health, guard]),
    stage(100, 30_000, health),
  ];
  const body = { id: RELEASE_ID, route_id, candidate_model_id, stages };
  await admin.call('POST', '/rollouts', { body });
  const start = { stage: 0, expected_version: 0, reason: 'the demo' };
  await admin.call<RolloutAnswer>('POST', `/rollouts/${RELEASE_ID}/start`, { body: start });
}
