import { durationMs } from '../../contract/duration.ts';
import type { ExperimentDocument } from '../../contract/experiment.ts';
import { armDifferences } from '../../domain/experiment/arm-differences.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { type ControlState, configOf } from '../state.ts';
import { answerExperimentChange, checkStatus, experimentOf, wrongState } from './write.ts';

/**
 * Fixes the end and puts users into the arms from now on. Throws `wrong_state` where the arms differ in more than was
 * accepted, or could not serve; `clash` where another experiment runs on the route.
 */
export function startExperiment({ door, clock }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'experiments.start',
    resource: `experiments/${id}`,
    plan(state) {
      const { document, version } = experimentOf(state, id);
      checkExpected({ ifMatch }, { id, version });
      checkStatus(document, ['draft'], 'started');
      checkServing(state, document);
      const differences = differencesOf(state, document);
      const nowMs = clock.nowMs();
      const started: ExperimentDocument = {
        ...document,
        status: 'running',
        started_at: new Date(nowMs).toISOString(),
        ends_at: new Date(nowMs + durationMs(document.duration)).toISOString(),
        differences,
      };
      const notes = differences.map((field) => `the arms differ in ${field}, too, as was accepted`);
      return { experiments: new Map([[id, started]]), notes };
    },
    answer: (outcome) => answerExperimentChange(outcome, id),
  });
}

function checkServing({ routes, models }: ControlState, { route_id, arms }: ExperimentDocument): void {
  if (routes.get(route_id)?.document.enabled === false) {
    throw wrongState(
      'route_id',
      `route "${route_id}" is disabled, everyone gets its stable model; enable it first`,
    );
  }
  for (const [i, { model_id }] of arms.entries()) {
    if (models.get(model_id)?.document.enabled !== false) continue;
    throw wrongState(`arms[${i}].model_id`, `model "${model_id}" is disabled; enable it first`);
  }
}

/** Fields in which the models differ besides their upstream model. Throws where one was not accepted. */
function differencesOf(state: ControlState, { arms, accepted_differences }: ExperimentDocument): string[] {
  const ids = new Set(arms.map(({ model_id }) => model_id));
  const differences = armDifferences(configOf(state).models.filter((model) => ids.has(model.id)));
  const open = differences.filter((field) => !accepted_differences.includes(field));
  if (open.length === 0) return differences;
  throw wrongState(
    'accepted_differences',
    `the arms' models differ in ${open.join(', ')}, too, and what is found could come from there; make them alike, or name it in accepted_differences`,
  );
}
