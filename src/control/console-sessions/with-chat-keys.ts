import type { AccessTable } from '../../ports/access-table.ts';
import { CHAT_KEY_PREFIX, type ConsoleSessions } from './sessions.ts';

/** So long may somebody who remembers keys take one of a session that ended by itself. */
const TURN_EVERY_MS = 60_000;

/** The stored keys, and those with which signed-in people try models. */
export function withChatKeys(
  table: AccessTable,
  sessions: Pick<ConsoleSessions, 'findChat' | 'generation'>,
  nowMs: () => number,
): AccessTable {
  let hasGuests = false;
  return {
    find(presentedKey) {
      if (!presentedKey.startsWith(CHAT_KEY_PREFIX)) return table.find(presentedKey);
      hasGuests = true;
      return sessions.findChat(presentedKey);
    },
    get generation() {
      // Sessions run out without anybody doing anything; the clock is asked only once such a key was used.
      const turn = hasGuests ? Math.floor(nowMs() / TURN_EVERY_MS) : 0;
      return table.generation + sessions.generation + turn;
    },
  };
}
