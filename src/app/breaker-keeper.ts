import type { Logger } from 'pino';
import type { AlertWatch } from '../control/alerts/watch.ts';
import { keepBreaker } from '../control/breakers/keep.ts';
import type { Control } from '../control/control.ts';
import type { RolloutWatch } from '../control/rollouts/watch.ts';
import type { BreakerChange } from '../domain/breaker-change.ts';

export interface KeeperOptions {
  readonly control: Control;
  readonly logger: Logger;
  /** Those who tell people; null while they are not there yet. */
  readonly alerts: () => Pick<AlertWatch, 'breakerChanged'> | null;
  /** Those who hold or abort a release; null while they are not there yet. */
  readonly rollouts: () => Pick<RolloutWatch, 'worldChanged'> | null;
}

/** Takes each change of a breaker to the log, to the control plane, which keeps it, to the alerts and to rollouts. */
export function breakerKeeper({
  control,
  logger,
  alerts,
  rollouts,
}: KeeperOptions): (change: BreakerChange) => void {
  return (change) => {
    alerts()?.breakerChanged(change);
    rollouts()?.worldChanged();
    const { modelId: model_id, from, to, because } = change;
    logger.warn({ model_id, from, to, because }, 'breaker changed');
    keepBreaker(control.core(), change).catch((err: unknown) =>
      logger.error({ err, model_id }, 'the change of a breaker could not be kept'),
    );
  };
}
