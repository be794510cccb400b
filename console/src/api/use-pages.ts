import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { type Answer, type CallOptions, call } from './call.ts';
import type { ReadEndpoint } from './use-api.ts';

/** Lists of the API, which come page by page. */
export type ListEndpoint = {
  [E in ReadEndpoint]: Answer<E> extends { items: unknown[]; next_cursor: string | null } ? E : never;
}[ReadEndpoint];
export type ItemOf<E extends ListEndpoint> = Answer<E> extends { items: (infer Item)[] } ? Item : never;

export const PAGE_SIZE = 200;

/** A list that grows by a page whenever somebody asks for more; all of it is kept. */
export function usePages<E extends ListEndpoint>(endpoint: E, query: object) {
  type Data = Answer<E> & { readonly items: ItemOf<E>[]; readonly next_cursor: string | null };
  const pages = useInfiniteQuery<Data, Error, InfiniteData<Data>, unknown[], string | undefined>({
    queryKey: [endpoint, 'pages', query],
    initialPageParam: undefined,
    queryFn: async ({ pageParam, signal }) => {
      const asked = { ...query, limit: PAGE_SIZE, ...(pageParam !== undefined && { cursor: pageParam }) };
      return (await call(endpoint, { query: asked, signal } as CallOptions<E>)) as Data;
    },
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return {
    items,
    error: data ? null : pages.error,
    isWhole: data !== undefined && !hasNextPage,
    readMore,
    refetch: pages.refetch,
  };
}
