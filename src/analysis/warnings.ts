import type { Warning, WarningList } from '../contract/analysis.ts';
import type { IdentitySums } from '../ports/event-store.ts';
import { breakerWarnings } from './breaker-warnings.ts';
import { type AnalysisCore, sessionRules } from './core.ts';
import { DAY_MS, toldRange } from './range.ts';
import { toldWarning } from './told-warning.ts';

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

const STABLE_ID = {
  en: 'send the id of the account, as X-User-Id or user_id: it must be the same in every conversation',
  zh: '请用 X-User-Id 或 user_id 发送账号 ID，它在每次会话中都必须相同',
};

const NO_ID = {
  en: 'leave the user id out where there is none, and send the id of the account where there is one',
  zh: '没有用户 ID 时请不要填写，有账号时请发送账号 ID',
};

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
      ...toldWarning(
        'no_user_id',
        {
          en: `${count} of ${requests} requests named no user; they all got the stable model`,
          zh: `${requests} 次请求中有 ${count} 次没有用户 ID，全部由稳定版服务`,
        },
        {
          en: `${STABLE_ID.en}; where a key stands for one user, set identity.fallback to "api_key"`,
          zh: `${STABLE_ID.zh}；若一个密钥代表一个用户，请将 identity.fallback 设为 "api_key"`,
        },
      ),
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
      ...toldWarning(
        'unstable_user_ids',
        {
          en: `${count} of ${users} user ids were seen in one session only, as if each visit made a new one; a user then changes models from visit to visit`,
          zh: `${users} 个用户 ID 中有 ${count} 个只出现在一次会话中，似乎每次访问都会新建；用户会因此在各次访问间更换模型`,
        },
        STABLE_ID,
      ),
      share,
    },
  ];
}

function likeSessions({ users, usersNamedLikeTheirSession: count }: IdentitySums): Warning[] {
  const share = count / users;
  if (users === 0 || share < NAMED_LIKE_SESSION_SHARE) return [];
  return [
    {
      ...toldWarning(
        'user_id_is_session_id',
        {
          en: `${count} of ${users} user ids are the id of their session; a user then changes models from conversation to conversation`,
          zh: `${users} 个用户 ID 中有 ${count} 个就是会话 ID；用户会因此在各次会话间更换模型`,
        },
        {
          en: `${STABLE_ID.en}; the id of the conversation belongs into X-Session-Id or session_id`,
          zh: `${STABLE_ID.zh}；会话 ID 应放在 X-Session-Id 或 session_id 中`,
        },
      ),
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
      ...toldWarning(
        'shared_user_id',
        {
          en: `${JSON.stringify(userId)} made ${own} requests in ${sessions} sessions, as if many people shared it; all of them get one model`,
          zh: `${JSON.stringify(userId)} 在 ${sessions} 次会话中发出 ${own} 次请求，似乎由多人共用；这些人都会得到同一个模型`,
        },
        NOBODY.has(userId.toLowerCase()) ? NO_ID : STABLE_ID,
      ),
      user_id: userId,
      share: own / Math.max(1, requests),
    }));
}
