/** The control plane alone, in a process that is there to be killed: releases follow one another on one store, as fast as may be. */
import { systemClock } from '../../src/adapters/system/clock.ts';
import { commandRollout } from '../../src/control/rollouts/command.ts';
import { createRollout } from '../../src/control/rollouts/create.ts';
import { startRolloutWatch } from '../../src/control/rollouts/watch.ts';
import { addRoute, createQuietControl, OPERATOR } from './quiet-control.ts';
import { goodReading } from './rollout-rig.ts';

const [path = '', tick = '10'] = process.argv.slice(2);
const ROUTE = 'support';
const gates = [{ metric: 'error_rate', op: '<', value: 0.05 } as const];
const stages = [1, 2, 5, 10, 20, 50, 100].map((weight) => ({
  weight,
  hold: '20ms',
  quiet: '10ms',
  gates,
}));

const control = createQuietControl({
  path,
  clock: systemClock,
  metrics: { read: async (question) => goodReading(question) },
  tickMs: Number(tick),
});
const { snapshot } = await control.start();
const core = control.core();
const startedAtMs = Date.now();
process.stdout.write(`${JSON.stringify({ startedAtMs, rollout: snapshot.routes[0]?.rollout ?? null })}\n`);

if (core.door.state().routes.size === 0) await addRoute(core, ROUTE, ['a', 'b']);
startRolloutWatch({ core, onTrouble: (message) => process.stderr.write(`${message}\n`) });

/** The next release takes the route back to the other model. */
async function startNext(): Promise<void> {
  const { rollouts, routes } = core.door.state();
  const all = [...rollouts.values()];
  if (all.some(({ state }) => state.status === 'active')) return;
  const draft = all.find(({ state }) => state.status === 'draft');
  const id = draft?.document.id ?? `r${all.length}`;
  const candidate_model_id = routes.get(ROUTE)?.document.stable_model_id === 'a' ? 'b' : 'a';
  if (!draft) await createRollout(core, OPERATOR, { id, route_id: ROUTE, candidate_model_id, stages });
  const body = { stage: 0, expected_version: 0, command_id: `start ${id}` };
  await commandRollout(core, OPERATOR, { id, name: 'start', body, ifMatch: null });
}
for (;;) {
  await startNext();
  await new Promise((resolve) => setTimeout(resolve, 5));
}
