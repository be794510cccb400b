import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { addressOf } from './call.ts';
import { usePause } from './pause.tsx';

/** Figures move by their own clocks; what somebody changed is read at once. */
const FIGURES = new Set<unknown>([
  'GET /metrics/models',
  'GET /metrics/series',
  'GET /requests',
  'GET /sessions',
  'session',
]);

/** Reads everything anew as soon as anybody changes something, while this window is seen and not paused. */
export function useLive(): void {
  const queries = useQueryClient();
  const { isPaused } = usePause();
  useEffect(() => {
    if (isPaused) return;
    let stream: EventSource | null = null;
    let isFirst = true;
    const listen = (): void => {
      stream?.close();
      // A hidden window gives its connection back: a browser has six for one host.
      stream = document.hidden ? null : new EventSource(addressOf('GET /live'));
      stream?.addEventListener('changed', () => {
        if (!isFirst)
          void queries.invalidateQueries({ predicate: ({ queryKey }) => !FIGURES.has(queryKey[0]) });
        isFirst = false;
      });
    };
    listen();
    document.addEventListener('visibilitychange', listen);
    return () => {
      document.removeEventListener('visibilitychange', listen);
      stream?.close();
    };
  }, [isPaused, queries]);
}
