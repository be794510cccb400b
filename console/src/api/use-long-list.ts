import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { type CallOptions, call } from './call.ts';
import { createLongList, type ListPage, type LongList } from './long-list.ts';
import { type ItemOf, type ListEndpoint, PAGE_SIZE } from './use-pages.ts';

export interface LongReading<Row> {
  /** Undefined until its first page is there. */
  readonly list: LongList<Row> | undefined;
  readonly error: Error | null;
  refetch(): void;
}

/** A list of any length, newest rows first: it begins anew when the page is opened, and stands still while it is read. */
export function useLongList<E extends ListEndpoint>(endpoint: E, query: object): LongReading<ItemOf<E>> {
  type Page = ListPage<ItemOf<E>>;
  const asked = JSON.stringify(query);
  const read = useCallback(
    async (cursor?: string): Promise<Page> => {
      const page = { ...JSON.parse(asked), limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) };
      return (await call(endpoint, { query: page } as CallOptions<E>)) as Page;
    },
    [endpoint, asked],
  );
  const { data, error, refetch } = useQuery({
    queryKey: [endpoint, 'first page', asked],
    queryFn: () => read(),
    refetchOnWindowFocus: false,
  });
  const list = useMemo(() => data && createLongList<ItemOf<E>>(data, read), [data, read]);
  useSyncExternalStore(list?.subscribe ?? nobody, list?.revision ?? never);
  return { list, error: data ? null : error, refetch: () => void refetch() };
}

const nobody = () => () => {};
const never = (): number => 0;
