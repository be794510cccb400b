import { describe, expect, it } from 'vitest';
import type { IdentitySums } from '../ports/event-store.ts';
import { identityWarnings } from './warnings.ts';

const HEALTHY: IdentitySums = {
  requests: 10_000,
  withoutUser: 20,
  users: 1_000,
  usersOfOneSession: 400,
  usersNamedLikeTheirSession: 1,
  busiest: [{ userId: 'alice', sessions: 40, requests: 150 }],
};
const busy = (userId: string, sessions: number, requests: number) => ({
  busiest: [{ userId, sessions, requests }],
});

describe('warnings about user ids', () => {
  it.each<[string, Partial<IdentitySums>, string[]]>([
    ['a healthy day', {}, []],
    ['an empty day', { requests: 0, withoutUser: 0, users: 0, usersOfOneSession: 0, busiest: [] }, []],
    ['requests without a user', { withoutUser: 500 }, ['no_user_id']],
    ['somebody who tries it out with curl', { requests: 99, withoutUser: 99, users: 0 }, []],
    ['ids of one session at the limit', { usersOfOneSession: 800 }, ['unstable_user_ids']],
    ['ids of one session below it', { usersOfOneSession: 799 }, []],
    ['too few ids to tell', { users: 499, usersOfOneSession: 499 }, []],
    ['ids that are those of sessions', { usersNamedLikeTheirSession: 100 }, ['user_id_is_session_id']],
    ['one id with many sessions and requests', busy('shop', 50, 200), ['shared_user_id']],
    ['one id with many sessions, but few requests', busy('shop', 50, 199), []],
    ['one id with many requests in few sessions', busy('shop', 49, 5_000), []],
    ['a word for nobody, however rare', busy('Anonymous', 1, 1), ['shared_user_id']],
    ['another', busy('undefined', 2, 3), ['shared_user_id']],
  ])('of %s', (_name, sums, expected) => {
    expect(identityWarnings({ ...HEALTHY, ...sums }).map(({ warning }) => warning)).toEqual(expected);
  });

  it('say what to send instead, and how much it concerns', () => {
    const [warning] = identityWarnings({ ...HEALTHY, withoutUser: 5_000 });
    expect(warning).toMatchObject({ share: 0.5, message: expect.stringContaining('5000 of 10000') });
    expect(warning?.advice).toContain('X-User-Id');
    expect(warning?.message_zh).toBe('10000 次请求中有 5000 次没有用户 ID，全部由稳定版服务');
    expect(warning?.advice_zh).toContain('X-User-Id');
  });
});
