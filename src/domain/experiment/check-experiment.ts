import { type Experiment, type ExperimentMetric, mostSteps } from '../experiment.ts';
import { METRICS } from '../metric.ts';
import { directionOf, inferenceOf } from './metric-inference.ts';

export interface ExperimentFault {
  /** Where, as a path into the API's form, e.g. `arms[1].share`. */
  readonly path: string;
  readonly message: string;
}

/** Everything that keeps an experiment from giving an answer. Whether its models exist is asked elsewhere. */
export function checkExperiment(
  experiment: Pick<Experiment, 'arms' | 'metrics' | 'strata' | 'durationMs'>,
): ExperimentFault[] {
  return [
    ...armFaults(experiment),
    ...experiment.metrics.flatMap((metric, i) => metricFaults(metric, `metrics[${i}]`)),
    ...roleFaults(experiment.metrics),
    ...weightFaults(experiment),
  ];
}

function armFaults({ arms }: Pick<Experiment, 'arms'>): ExperimentFault[] {
  if (arms.length < 2) return [{ path: 'arms', message: 'an experiment compares at least two arms' }];
  const most = mostSteps(arms.length);
  const faults: ExperimentFault[] = [];
  for (const [i, { name, steps }] of arms.entries()) {
    if (!Number.isInteger(steps) || steps < 1 || steps > most) {
      const message = `the share is ${steps / 100} %; with ${arms.length} arms each has from 0.01 % to ${most / 100} %`;
      faults.push({ path: `arms[${i}].share`, message });
    }
    if (arms.findIndex((other) => other.name === name) < i) {
      faults.push({
        path: `arms[${i}].name`,
        message: `there are two arms "${name}"; each needs a name of its own`,
      });
    }
  }
  return faults;
}

function metricFaults(spec: ExperimentMetric, path: string): ExperimentFault[] {
  const { metric, role, target, margin } = spec;
  const inference = inferenceOf(metric);
  if (inference === null) {
    return [
      {
        path: `${path}.metric`,
        message: `arms cannot be compared by ${metric}; compare a rate or a quantile`,
      },
    ];
  }
  const faults: ExperimentFault[] = [];
  const direction = directionOf(spec);
  if (direction === null) {
    const message = `whether more or less ${metric} is better is for you to say: give it a target`;
    faults.push({ path, message });
  }
  if (role === 'guardrail' && !(margin !== null && margin > 0)) {
    const message = 'a guardrail needs a margin above 0: how much worse is bearable';
    faults.push({ path: `${path}.margin`, message });
  }
  if (target?.kind === 'ratio_at_most' && !(target.value > 0 && target.value < 1 && direction === 'lower')) {
    const message = `ratio_at_most lies between 0 and 1 and is for what should fall; ${metric} should ${METRICS[metric].better === 'higher' ? 'rise' : 'fall'}`;
    faults.push({ path: `${path}.target.ratio_at_most`, message });
  }
  if (target?.kind === 'absolute' && (target.value === 0 || target.value > 0 !== (direction === 'higher'))) {
    const message = `a target of ${target.value} is no improvement of ${metric}, of which ${direction} is better`;
    faults.push({ path: `${path}.target.absolute`, message });
  }
  if (target?.kind === 'absolute' && inference.kind === 'quantile') {
    const message = `${metric} is compared as times control; give ratio_at_most`;
    faults.push({ path: `${path}.target.absolute`, message });
  }
  return faults;
}

function roleFaults(metrics: readonly ExperimentMetric[]): ExperimentFault[] {
  const faults: ExperimentFault[] = [];
  if (!metrics.some(({ role }) => role === 'primary')) {
    faults.push({
      path: 'metrics',
      message: 'at least one metric is primary: by it the experiment is decided',
    });
  }
  for (const [i, { metric }] of metrics.entries()) {
    if (metrics.findIndex((other) => other.metric === metric) < i) {
      faults.push({ path: `metrics[${i}].metric`, message: `${metric} is there twice` });
    }
  }
  return faults;
}

function weightFaults({ strata, durationMs }: Pick<Experiment, 'strata' | 'durationMs'>): ExperimentFault[] {
  const faults: ExperimentFault[] = [];
  const weights = strata?.weights ?? null;
  if (weights !== null && !(weights.new > 0 && weights.returning > 0)) {
    faults.push({
      path: 'strata.weights',
      message: 'both weights are above 0; without weights users count as they come',
    });
  }
  if (!(durationMs > 0)) faults.push({ path: 'duration', message: 'the end is fixed before the start' });
  return faults;
}
