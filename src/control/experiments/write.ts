import type { ExperimentAnswer, ExperimentDocument } from '../../contract/experiment.ts';
import { AdminFault, invalid, notFound } from '../../contract/fault.ts';
import type { Outcome } from '../change.ts';
import type { ControlState, Versioned } from '../state.ts';

/** What the `experiments` verbs share. */
export function experimentOf(state: ControlState, id: string): Versioned<ExperimentDocument> {
  const found = state.experiments.get(id);
  if (!found) throw notFound('experiment', id);
  return found;
}

export function answerExperiment(state: ControlState, id: string): ExperimentAnswer {
  const { document, version } = experimentOf(state, id);
  return { ...document, version };
}

/** The answer to a change, with what was decided on the caller's behalf. */
export function answerExperimentChange({ state, notes }: Outcome, id: string) {
  const answer = { ...answerExperiment(state, id), config_version: state.version };
  return notes.length === 0 ? answer : { ...answer, notes: [...notes] };
}

/** Throws `wrong_state` that says what an experiment must be for this, and what it is. */
export function checkStatus(
  { id, status }: ExperimentDocument,
  allowed: readonly ExperimentDocument['status'][],
  doing: string,
): void {
  if (allowed.includes(status)) return;
  throw wrongState('status', `experiment "${id}" is ${status}; only ${allowed.join(' or ')} can be ${doing}`);
}

export function wrongState(path: string, message: string): AdminFault {
  return new AdminFault('wrong_state', message, [{ path, message }]);
}

/** Two experiments of one salt would put the same users together: what one finds would be in the other, too. */
export function checkSalt({ experiments }: ControlState, { id, salt }: ExperimentDocument): void {
  for (const [other, { document }] of experiments) {
    if (other !== id && document.salt === salt) {
      throw invalid('salt', `experiment "${other}" has this salt; leave it out and a fresh one is made`);
    }
  }
}
