import type { RolloutAnswer } from '../../src/contract/rollout.ts';
import type { ControlOptions } from '../../src/control/control.ts';
import { type RolloutWatch, startRolloutWatch } from '../../src/control/rollouts/watch.ts';
import { cellOfCounts, type GateEvidence, type Reading } from '../../src/domain/rollout/gate-evidence.ts';
import type { GateQuestion, MetricSource } from '../../src/ports/metric-source.ts';
import { type AdminRig, type Answer, addModels, openAdminRig, START_MS } from './admin-rig.ts';

/** Requests without a failure, as many in both groups. */
export function goodReading({ epoch, gates, steps }: GateQuestion, requests = 4_000): Reading {
  const cell = cellOfCounts(0, requests);
  const evidence: GateEvidence = {
    kind: 'ratio',
    candidate: cell,
    control: cell,
    beyondHardLimit: 0,
    shownMs: 900,
    errors: null,
  };
  const users = steps === 10_000 ? null : { candidate: requests, control: requests, both: 0 };
  return { status: 'ok', epoch, requests, gates: gates.map(() => evidence), users };
}

export interface RolloutRig extends AdminRig {
  readonly watch: RolloutWatch;
  /** What the metrics say from now on. */
  reading: (question: GateQuestion) => Reading;
  readonly troubles: string[];
  /** Lets time pass, with a look every ten seconds. */
  pass(ms: number): Promise<void>;
  /** A command that names what the rollout shows now. */
  command(name: string, more?: object): Promise<Answer>;
  rollout(): Promise<RolloutAnswer>;
}

const TICK_MS = 10_000;

export const gate = { metric: 'error_rate', op: '<', value: 0.05, min_samples: 100 };
export const stage = (weight: number, more: object = {}) => ({
  weight,
  hold: '1h',
  quiet: '10m',
  gates: [gate],
  ...more,
});
/** Three stages; the second needs an approval. */
export const PLAN = { stages: [stage(1), stage(20, { approval: true }), stage(100)] };

/** A control plane with a route whose users all have model `a`, a rollout of `b`, and a clock that stands still. */
export async function openRolloutRig(
  plan: object,
  options: Partial<ControlOptions> = {},
): Promise<RolloutRig> {
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const metrics: MetricSource = {
    read: async (question) => opened.reading(question),
    traffic: async () => ({ perDay: { attempt: 8_000 }, shareOf: () => null }),
  };
  const rig = await openAdminRig({ clock, rolloutTickMs: TICK_MS, metrics: () => metrics, ...options });
  if (rig.control.core().door.state().models.size === 0) {
    await addModels(rig, 'a', 'b', 'c');
    await rig.call('POST', '/routes', { id: 'support', rules: [{ model_id: 'a', weight: 100 }] });
    const made = await rig.call('POST', '/rollouts', {
      id: 'june',
      route_id: 'support',
      candidate_model_id: 'b',
      ...plan,
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  }
  const troubles: string[] = [];
  const rollout = async () => (await rig.call('GET', '/rollouts/june')).body as RolloutAnswer;
  const opened: RolloutRig = {
    ...rig,
    troubles,
    reading: (question) => goodReading(question),
    watch: startRolloutWatch({
      core: rig.control.core(),
      onTrouble: (message) => troubles.push(message),
    }),
    async pass(ms) {
      for (const end = nowMs + ms; nowMs < end; ) {
        nowMs += TICK_MS;
        await opened.watch.look();
      }
    },
    async command(name, more = {}) {
      const { stage, version } = await rollout();
      return rig.call('POST', `/rollouts/june/${name}`, { stage, expected_version: version, ...more });
    },
    rollout,
    async close() {
      await opened.watch.close();
      await rig.close();
    },
  };
  return opened;
}
