import { useCallback, useMemo } from 'react';
import type { Answer } from '../api/call.ts';
import { useApi } from '../api/use-api.ts';
import { useLook } from '../style/theme.tsx';

export type Model = Answer<'GET /models'>['items'][number];

/** The most that one page of a list holds. */
export const ALL = { limit: 500 } as const;

export function useModels() {
  return useApi('GET /models', { query: ALL, everyMs: 30_000 });
}

/** The colour of each model: by its place among all, so that it is the same in every chart. */
export function useModelColour(): (id: string) => string {
  const { data } = useModels();
  const { palette } = useLook();
  const places = useMemo(() => new Map(data?.items.map(({ id }, index) => [id, index])), [data]);
  return useCallback(
    (id) => {
      const place = places.get(id) ?? palette.series.length - 1;
      return palette.series[place % palette.series.length] ?? palette.muted;
    },
    [places, palette],
  );
}
