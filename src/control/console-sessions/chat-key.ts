import { AdminFault } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';

/** The chat key of the caller's console session. Throws `forbidden` for who came with a key of their own. */
export function chatKeyFor({ sessions }: Pick<ControlCore, 'sessions'>, { session }: Caller): string {
  const key = session === undefined ? null : sessions.chatKeyOf(session.token);
  if (key !== null) return key;
  throw new AdminFault(
    'forbidden',
    'only a console session has a chat key; make one of your own with POST /keys',
  );
}
