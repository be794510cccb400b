import type { Config, Model, OpenExperiment } from './config.ts';
import type { ConfigFault } from './config-fault.ts';
import { checkExperiment } from './experiment/check-experiment.ts';
import type { Arm } from './experiment.ts';

/** An arm that users may be in at this moment. */
export interface LiveArm extends Arm {
  readonly experimentId: string;
  /** Null for one that was stopped: its users go on with the route. */
  readonly model: Model | null;
}

/** The experiment that runs on a route. Arms that were stopped keep their places, so that nobody moves into another. */
export interface LiveExperiment {
  readonly salt: string;
  readonly arms: readonly LiveArm[];
}

export function compileExperiment(
  experiments: readonly OpenExperiment[],
  routeId: string,
  modelOf: (id: string) => Model,
): LiveExperiment | null {
  const running = experiments.find((one) => one.isRunning && one.routeId === routeId);
  if (running === undefined) return null;
  const { id, salt, arms, stoppedArms } = running;
  return {
    salt,
    arms: arms.map((arm) => ({
      ...arm,
      experimentId: id,
      model: stoppedArms.includes(arm.name) ? null : modelOf(arm.modelId),
    })),
  };
}

/** What is wrong with experiments that are not over. */
export function experimentFaults({ experiments, models, routes }: Config): ConfigFault[] {
  return experiments.flatMap((experiment, i) => {
    const path = `experiments[${i}]`;
    const faults: ConfigFault[] = checkExperiment(experiment).map((fault) => ({
      path: `${path}.${fault.path}`,
      code: 'experiment',
      message: fault.message,
    }));
    if (!routes.some(({ id }) => id === experiment.routeId)) {
      const message = `there is no route "${experiment.routeId}"`;
      faults.push({ path: `${path}.route_id`, code: 'unknown_route', message });
    }
    for (const [k, { modelId }] of experiment.arms.entries()) {
      if (models.some(({ id }) => id === modelId)) continue;
      const message = `there is no model "${modelId}"`;
      faults.push({ path: `${path}.arms[${k}].model_id`, code: 'unknown_model', message });
    }
    const other = experiments.find((one) => one.isRunning && one.routeId === experiment.routeId);
    if (experiment.isRunning && other !== undefined && other !== experiment) {
      const message = `experiment "${other.id}" runs on route "${other.routeId}"; its users can be in one only: stop it first`;
      faults.push({ path: `${path}.route_id`, code: 'clash', message });
    }
    return faults;
  });
}
