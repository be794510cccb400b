import { createContext, useContext } from 'react';
import type { SessionAnswer } from '../../../src/contract/console-session.ts';
import type { Role } from '../../../src/domain/access.ts';

export const SessionContext = createContext<SessionAnswer | null>(null);

/** Who is signed in. Only below the gate. */
export function useSession(): SessionAnswer {
  const session = useContext(SessionContext);
  if (!session) throw new Error('nobody is signed in here');
  return session;
}

const RANKS: readonly Role[] = ['viewer', 'analyst', 'operator', 'admin'];

/** Whether whoever is signed in may do what needs `role`; the server decides, this only spares them the refusal. */
export function useMay(role: Exclude<Role, 'chat'>): boolean {
  return RANKS.indexOf(useSession().role) >= RANKS.indexOf(role);
}
