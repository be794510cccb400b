import { setTimeout as delay } from 'node:timers/promises';
import type { Exposition } from './exposition.ts';
import { startLoopMonitor } from './loop-delay.ts';
import type { MetricSources } from './metric-definition.ts';

/** A scrape waits no longer for an index that is busy. */
const INDEX_WAIT_MS = 1_000;

export interface Metrics extends Exposition {
  close(): void;
}

/** Makes what is counted readable as Prometheus text, and watches the event loop meanwhile. */
export function startMetrics(sources: Omit<MetricSources, 'loop' | 'journalLag'>): Metrics {
  const loop = startLoopMonitor();
  const journalLag = (): Promise<number> =>
    new Promise((resolve) => {
      const startMs = performance.now();
      sources.events.whenWritten(() => resolve((performance.now() - startMs) / 1000));
    });
  const indexState = () =>
    Promise.race([sources.indexState(), delay(INDEX_WAIT_MS, null, { ref: false })]).catch(() => null);
  // Loaded when the first scrape comes: a twentieth of a second that no start has to wait for.
  let exposition: Promise<Exposition> | null = null;
  return {
    async text() {
      exposition ??= import('./exposition.ts').then(({ createExposition }) =>
        createExposition({ ...sources, indexState, loop, journalLag }),
      );
      return (await exposition).text();
    },
    close: loop.close,
  };
}
