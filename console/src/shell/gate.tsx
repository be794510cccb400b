import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { SessionAnswer } from '../../../src/contract/console-session.ts';
import { call, readSession } from '../api/call.ts';
import { ProblemError } from '../api/problem.ts';
import { TroubleView } from '../parts/trouble-view.tsx';
import { Frame } from './frame.tsx';
import { SessionContext } from './session.ts';
import { SignIn } from './sign-in.tsx';

const SESSION = ['session'];

/** Shows the console to whoever is signed in, and the sign-in to everybody else; also when a session ends under way. */
export function Gate(): ReactNode {
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: SESSION,
    queryFn: readSession,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query, type }) => {
        if (type !== 'updated' || !(query.state.error instanceof ProblemError)) return;
        if (query.state.error.status === 401) queries.setQueryData(SESSION, null);
      }),
    [queries],
  );
  if (isPending) return null;
  if (error) return <TroubleView error={error} onRetry={() => void refetch()} />;
  if (!data) return <SignIn onDone={(session) => enter(session)} />;
  return (
    <SessionContext value={data}>
      <Frame onSignOut={leave} />
    </SessionContext>
  );

  function enter(session: SessionAnswer): void {
    showSession(session);
  }

  async function leave(): Promise<void> {
    await call('DELETE /session').catch(() => {}); // a session that is over needs no ending
    showSession(null);
  }

  /** What somebody else read is forgotten. */
  function showSession(session: SessionAnswer | null): void {
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
    queries.setQueryData(SESSION, session);
  }
}
