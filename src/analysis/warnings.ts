import type { Warning, WarningList } from '../contract/analysis.ts';
import type { IdentitySums } from '../ports/event-store.ts';
import { breakerWarnings } from './breaker-warnings.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { DAY_MS, toldRange } from './range.ts';

/** Below it a share says nothing: somebody tries out Sluice. */
const MIN_REQUESTS = 100;
const MIN_USERS = 500;
const ONE_SESSION_SHARE = 0.8;
/** So many users bear the name of their session that it is no chance, and no single odd client. */
const NAMED_LIKE_SESSION_SHARE = 0.1;
const WITHOUT_USER_SHARE = 0.05;
const SHARED_SESSIONS = 50;
const SHARED_REQUESTS = 0.02;
/** What programs send that have no user id. */
const NOBODY = new Set(['null', 'undefined', 'guest', 'anonymous']);

const HOUR_MS = 3_600_000;

const STABLE_ID =
  'send the id of the account, as X-User-Id or user_id: it must be the same in every conversation';

/** What the last 24 hours say about user ids and breakers, and the models' servers about themselves. */
export async function warnings(core: AnalysisCore): Promise<WarningList> {
  const { store, clock, models, modelWarnings } = core;
  const toMs = clock.nowMs();
  const range = { fromMs: toMs - DAY_MS, toMs };
  const hours = { ...range, stepMs: HOUR_MS, modelId: null };
  const items = [
    ...identityWarnings(await store.identitySums(range)),
    ...breakerWarnings(await store.series(hours, sessionRules(core)), models()),
    ...modelWarnings(),
  ];
  return { ...toldRange(range), items };
}

/** Those of CONTRACT §4 that are about user ids. Pure. */
export function identityWarnings(sums: IdentitySums): Warning[] {
  return [...withoutUser(sums), ...unstable(sums), ...likeSessions(sums), ...shared(sums)];
}

function withoutUser({ requests, withoutUser: count }: IdentitySums): Warning[] {
  const share = count / requests;
  if (requests < MIN_REQUESTS || share < WITHOUT_USER_SHARE) return [];
  return [
    {
      warning: 'no_user_id',
      message: `${count} of ${requests} requests named no user; they all got the stable model`,
      advice: `${STABLE_ID}; where a key stands for one user, set identity.fallback to "api_key"`,
      share,
    },
  ];
}

/** Whether ids look as if they were made anew for each session. */
export function hasUnstableIds({ users, usersOfOneSession }: IdentitySums): boolean {
  return users >= MIN_USERS && usersOfOneSession / users >= ONE_SESSION_SHARE;
}

function unstable(sums: IdentitySums): Warning[] {
  if (!hasUnstableIds(sums)) return [];
  const { users, usersOfOneSession: count } = sums;
  const share = count / users;
  return [
    {
      warning: 'unstable_user_ids',
      message: `${count} of ${users} user ids were seen in one session only, as if each visit made a new one; a user then changes models from visit to visit`,
      advice: STABLE_ID,
      share,
    },
  ];
}

function likeSessions({ users, usersNamedLikeTheirSession: count }: IdentitySums): Warning[] {
  const share = count / users;
  if (users === 0 || share < NAMED_LIKE_SESSION_SHARE) return [];
  return [
    {
      warning: 'user_id_is_session_id',
      message: `${count} of ${users} user ids are the id of their session; a user then changes models from conversation to conversation`,
      advice: `${STABLE_ID}; the id of the conversation belongs into X-Session-Id or session_id`,
      share,
    },
  ];
}

function shared({ requests, busiest }: IdentitySums): Warning[] {
  return busiest
    .filter(
      ({ userId, sessions, requests: own }) =>
        NOBODY.has(userId.toLowerCase()) ||
        (sessions >= SHARED_SESSIONS && own >= SHARED_REQUESTS * requests),
    )
    .map(({ userId, sessions, requests: own }) => ({
      warning: 'shared_user_id' as const,
      message: `${JSON.stringify(userId)} made ${own} requests in ${sessions} sessions, as if many people shared it; all of them get one model`,
      advice: NOBODY.has(userId.toLowerCase())
        ? 'leave the user id out where there is none, and send the id of the account where there is one'
        : STABLE_ID,
      user_id: userId,
      share: own / Math.max(1, requests),
    }));
}
