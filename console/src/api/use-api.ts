import {
  keepPreviousData,
  type QueryClient,
  type UseQueryResult,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { type Answer, type CallOptions, call, type Endpoint } from './call.ts';
import { usePause } from './pause.tsx';
import { ProblemError } from './problem.ts';
import { useTellTrouble } from './use-trouble-text.ts';

export type ReadEndpoint = Extract<Endpoint, `GET ${string}`>;
type ChangeEndpoint = Exclude<Endpoint, ReadEndpoint>;

interface Reading<E extends ReadEndpoint> extends Pick<CallOptions<E>, 'id' | 'query'> {
  /** How often it is read again while the page is live; never unless told. */
  readonly everyMs?: number;
  readonly enabled?: boolean;
}

/** Reads one operation. What was read before stays while the next comes, so that nothing flashes. */
export function useApi<E extends ReadEndpoint>(
  endpoint: E,
  { everyMs, enabled = true, ...options }: Reading<E> = {},
): UseQueryResult<Answer<E>, Error> {
  const { isPaused } = usePause();
  return useQuery({
    queryKey: [endpoint, options.id ?? null, options.query ?? null],
    queryFn: ({ signal }) => call(endpoint, { ...(options as CallOptions<E>), signal }),
    refetchInterval: everyMs !== undefined && !isPaused ? everyMs : false,
    placeholderData: keepPreviousData,
    enabled,
  });
}

interface ReadingEach<E extends ReadEndpoint> {
  readonly ids: readonly string[];
  readonly everyMs: number;
  readonly endpoint: E;
}

/** Reads one operation for each of some ids; those that are not there yet, or cannot be read, are left out. */
export function useEach<E extends ReadEndpoint>({ endpoint, ids, everyMs }: ReadingEach<E>) {
  const { isPaused } = usePause();
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: [endpoint, id, null],
      queryFn: ({ signal }: { signal: AbortSignal }) => call(endpoint, { id, signal } as CallOptions<E>),
      refetchInterval: isPaused ? (false as const) : everyMs,
    })),
    combine: (results) => results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  });
}

/** Carries out one operation and has everything read again; a refusal is shown unless the caller takes it. */
export function useChange<E extends ChangeEndpoint>(endpoint: E, onRefused?: (error: ProblemError) => void) {
  const queries = useQueryClient();
  const tell = useTellTrouble();
  return useMutation<Answer<E>, Error, CallOptions<E>>({
    mutationFn: (options) => call(endpoint, options),
    onSuccess: () => refresh(queries),
    onError(error) {
      if (error instanceof ProblemError && onRefused && error.status !== 0) return onRefused(error);
      tell(error);
    },
  });
}

/** Everything on the screen may look different after a change. */
export function refresh(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
}
