import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { stopped } from './stopped.ts';

const CLOCK: Caller = {
  principal: { credentialId: 'clock', name: 'end of its time', role: 'admin', mayOverride: false },
  ip: null,
  requestId: null,
};

/** An experiment outlives its end by so much; its data is cut at the end all the same. */
const TICK_MS = 1_000;

/** Stops experiments whose time is over, at once and then every second. `close` waits for the change under way. */
export function watchExperiments(
  { door, clock }: Pick<ControlCore, 'door' | 'clock'>,
  onTrouble: (message: string) => void,
) {
  let work: Promise<void> | null = null;

  async function endAll(): Promise<void> {
    for (const id of overdue()) {
      await door.change(CLOCK, {
        action: 'experiments.end',
        resource: `experiments/${id}`,
        plan(state) {
          const document = state.experiments.get(id)?.document;
          if (document?.status !== 'running') return {};
          const at = new Date(clock.nowMs()).toISOString();
          return { experiments: new Map([[id, stopped(document, 'time_over', at)]]) };
        },
        answer: () => undefined,
      });
    }
  }

  function overdue(): string[] {
    const nowMs = clock.nowMs();
    const running = [...door.state().experiments.values()].filter(
      ({ document }) => document.status === 'running',
    );
    return running
      .filter(({ document: { ends_at } }) => ends_at !== null && Date.parse(ends_at) <= nowMs)
      .map(({ document }) => document.id);
  }

  const tick = (): void => {
    work ??= endAll()
      .catch((error: unknown) => onTrouble(`an experiment cannot be ended: ${String(error)}`))
      .finally(() => {
        work = null;
      });
  };
  tick();
  const ticking = setInterval(tick, TICK_MS).unref();
  return {
    async close(): Promise<void> {
      clearInterval(ticking);
      await work;
    },
  };
}
