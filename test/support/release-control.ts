import { completeRollout, type RolloutInput } from '../../src/contract/rollout-plan.ts';
import type { ControlCore } from '../../src/control/core.ts';
import { commandRollout } from '../../src/control/rollouts/command.ts';
import { createRollout } from '../../src/control/rollouts/create.ts';
import { lookAt } from '../../src/control/rollouts/look.ts';
import { rolloutOf } from '../../src/control/rollouts/record.ts';
import type { CommandName } from '../../src/domain/rollout/input.ts';
import type { RolloutState } from '../../src/domain/rollout/state.ts';
import type { MetricSource } from '../../src/ports/metric-source.ts';
import { addRoute, createQuietControl, OPERATOR } from './quiet-control.ts';

const RELEASE: RolloutInput = { id: 'june', route_id: 'support', candidate_model_id: 'new' };

export interface ReleaseControl {
  state(): RolloutState;
  command(name: CommandName): Promise<void>;
  /** Lets time pass, and one look follow. */
  look(passedMs: number): Promise<void>;
  close(): Promise<void>;
}

/** The real control plane, on a store in memory, with the standard release started: a day at 5 %. */
export async function startRelease(
  metrics: Pick<MetricSource, 'read'>,
  tickMs: number,
): Promise<ReleaseControl> {
  let nowMs = Date.UTC(2025, 5, 1);
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const control = createQuietControl({ path: ':memory:', clock, metrics, tickMs });
  await control.start();
  const core = control.core();
  await describe(core);
  const state = () => rolloutOf(core.door.state(), RELEASE.id).state;
  const command = async (name: CommandName) => {
    const { stage, version } = state();
    const body = { stage, expected_version: version, reason: '' };
    await commandRollout(core, OPERATOR, { id: RELEASE.id, name, body, ifMatch: null });
  };
  await command('start');
  return {
    state,
    command,
    async look(passedMs) {
      nowMs += passedMs;
      await lookAt(core, RELEASE.id);
    },
    close: () => control.close(),
  };
}

async function describe(core: ControlCore): Promise<void> {
  await addRoute(core, RELEASE.route_id, ['old', RELEASE.candidate_model_id]);
  const stages = completeRollout(RELEASE).stages.map((stage) =>
    stage.weight === 5 ? { ...stage, hold: '24h' } : stage,
  );
  await createRollout(core, OPERATOR, { ...RELEASE, stages });
}
