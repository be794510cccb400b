import type { ControlCore } from '../core.ts';
import { lookAt, stepBySluice } from './look.ts';

export interface RolloutWatchOptions {
  readonly core: ControlCore;
  readonly onTrouble: (message: string) => void;
}

export interface RolloutWatch {
  /** To be called where a breaker, a model or a route has changed: takes a microsecond, and the look follows at once. */
  worldChanged(): void;
  /** Looks at every active rollout now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** Looks at active rollouts with every tick, and at what surrounds them whenever that changes. */
export function startRolloutWatch({ core, onTrouble }: RolloutWatchOptions): RolloutWatch {
  let work = Promise.resolve();
  let isAwaited = false;
  let isClosed = false;

  const active = () =>
    [...core.door.state().rollouts].flatMap(([id, { state }]) => (state.status === 'active' ? [id] : []));
  const each = async (job: (id: string) => Promise<unknown>): Promise<void> => {
    for (const id of active()) {
      await job(id).catch((error: unknown) =>
        onTrouble(`rollout "${id}" cannot be looked at: ${error instanceof Error ? error.message : error}`),
      );
    }
  };
  /** One after the other; at most one look at the world waits. */
  const then = (job: () => Promise<void>): Promise<void> => {
    work = work.then(() => (isClosed ? undefined : job()));
    return work;
  };
  const lookAtAll = (): Promise<void> => each((id) => lookAt(core, id));
  const lookAtWorld = (): Promise<void> => {
    isAwaited = false;
    return each((id) => stepBySluice(core, id, { kind: 'world' }));
  };
  let isLooking = false;
  const tick = async (): Promise<void> => {
    if (isLooking) return each((id) => stepBySluice(core, id, { kind: 'watch' })); // metrics hang
    isLooking = true;
    await then(lookAtAll).finally(() => {
      isLooking = false;
    });
  };
  const ticking = setInterval(() => void tick(), core.rolloutTickMs).unref();
  return {
    worldChanged() {
      if (isAwaited) return;
      isAwaited = true;
      setImmediate(() => void then(lookAtWorld));
    },
    look: () => then(lookAtAll),
    async close() {
      clearInterval(ticking);
      isClosed = true;
      await work;
    },
  };
}
