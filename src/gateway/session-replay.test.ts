import { describe, expect, it } from 'vitest';
import { createIds } from '../adapters/system/ids.ts';
import type { RequestRecord, SessionEndRecord } from '../contract/event.ts';
import { type Frame, frameText, readFrame } from '../contract/frame.ts';
import { MAX_REPLAY_MS, openSessionReplay } from './session-replay.ts';
import { createSessions, type SessionQuery } from './sessions.ts';

const NOW_MS = 1_700_000_000_000;
const IDLE_MS = 15 * 60_000;
const CLOCK = { nowMs: () => NOW_MS, monotonicMs: () => 5_000 };

function request(more: Partial<RequestRecord>): Frame {
  const empty = readFrame('["request"]');
  if (empty?.kind !== 'request') throw new Error('a request was expected');
  const record = {
    ...empty.record,
    time_ms: NOW_MS - 60_000,
    latency_ms: 1_000,
    credential_id: 'key_a',
    user_id: 'alice',
    session_id: 'chat-7',
    session_instance: 'ses_1',
    round: 1,
    outcome: 'ok' as const,
    reason: 'rule',
    assigned_model_id: 'stable',
    ...more,
  };
  return readFrame(frameText('request', record)) ?? empty;
}

const end = (instance: string): Frame => ({
  kind: 'session_end',
  record: {
    time_ms: NOW_MS - 50_000,
    credential_id: 'key_a',
    session_id: 'chat-7',
    session_instance: instance,
    reason: 'completed',
  } satisfies SessionEndRecord,
});

function registry() {
  const sessions = createSessions({ ids: createIds(() => 1_000) });
  const recalled: unknown[] = [];
  const recall = (...attempt: unknown[]): void => void recalled.push(attempt);
  const replay = openSessionReplay({ sessions, breakers: { recall }, clock: CLOCK });
  const enter = (more: Partial<SessionQuery> = {}, userMessages = 1) =>
    sessions.enter({
      credentialId: 'key_a',
      userId: 'alice',
      sessionId: 'chat-7',
      opening: { systemText: '', firstUserText: 'hello' },
      turn: {
        userMessages,
        assistantMessages: userMessages - 1,
        endsWithUser: true,
        lastUserMark: 9,
        isRetry: false,
      },
      idleMs: IDLE_MS,
      nowMs: CLOCK.monotonicMs(),
      ...more,
    });
  return { sessions, replay, enter, recalled };
}

describe('sessions of an earlier process', () => {
  it('go on counting, on the model that began them', () => {
    const { sessions, replay, enter } = registry();
    replay.take([
      request({ round: 3, assigned_model_id: 'candidate', reason: 'pinned' }),
      request({ round: 2, assigned_model_id: 'x', reason: 'override' }),
    ]);
    replay.take([request({ round: 1, assigned_model_id: 'candidate' })]);
    expect(sessions.find('key_a', 'chat-7')).toMatchObject({
      instance: 'ses_1',
      round: 3,
      modelId: 'candidate',
      running: 0,
      ended: false,
      hasAnswer: true,
    });
    const { session, opensRound } = enter({}, 4);
    expect([session.instance, session.round, opensRound]).toEqual(['ses_1', 4, true]);
  });

  it.each([
    ['the answer anew, of a client that resends the conversation', 3, 3],
    ['a new message, of a client that does not', 1, 4],
  ])('take %s', (_what, userMessages, round) => {
    const { replay, enter } = registry();
    replay.take([request({ round: 3 })]);
    expect(enter({}, userMessages).session.round).toBe(round);
  });

  it('stay ended, and idle ones idle', () => {
    const { replay, enter } = registry();
    replay.take([end('ses_1'), request({})]);
    replay.take([
      request({ session_id: 'old', session_instance: 'ses_2', time_ms: NOW_MS - IDLE_MS - 2_000 }),
    ]);
    expect(enter().session.instance).not.toBe('ses_1');
    expect(enter({ sessionId: 'old' }).session.instance).not.toBe('ses_2');
  });

  it('do not take the place of newer ones, nor of other callers', () => {
    const { sessions, replay, enter } = registry();
    const live = enter().session;
    replay.take([
      request({ session_instance: 'ses_3', round: 7 }),
      request({ session_instance: 'ses_4', user_id: 'bob', round: 2 }),
      request({ session_instance: 'ses_5', user_id: 'bob', round: 1 }),
      request({ session_instance: 'ses_6', credential_id: 'key_b' }),
    ]);
    expect(sessions.find(null, 'chat-7')).toBe(live);
    expect(enter().session).toBe(live);
    expect(enter({ userId: 'bob' }).session.instance).toBe('ses_4');
    expect(sessions.find('key_b', 'chat-7')?.instance).toBe('ses_6');
    expect(sessions.find('key_c', 'chat-7')).toBeNull();
  });

  it('are not looked for in what is long past', () => {
    const { sessions, replay } = registry();
    expect(replay.take([request({})])).toBe(true);
    const old = request({ session_id: 'old', session_instance: 'o', time_ms: NOW_MS - MAX_REPLAY_MS - 1 });
    expect(replay.take([old])).toBe(false);
    expect(sessions.find('key_a', 'old')).toBeNull();
  });
});

describe('breakers', () => {
  it('count the attempts of an earlier process, with when they ended', () => {
    const { replay, recalled } = registry();
    const attempt = { upstream_status: null, latency_ms: 5, ttft_ms: null };
    replay.take([
      request({
        attempts: [
          { ...attempt, model_id: 'candidate', outcome: 'error', error_class: 'truncated' },
          { ...attempt, model_id: 'stable', outcome: 'ok', error_class: null },
        ],
      }),
    ]);
    const endedMs = NOW_MS - 59_000;
    expect(recalled).toEqual([
      ['candidate', 'truncated', endedMs],
      ['stable', null, endedMs],
    ]);
  });
});
