import { describe, expect, it } from 'vitest';
import { configOf, SETTINGS } from '../../test/config-fixture.ts';
import { createIds } from '../adapters/system/ids.ts';
import type { RequestRecord, SessionEndRecord } from '../contract/event.ts';
import { type Frame, frameText, readFrame } from '../contract/frame.ts';
import { compileSnapshot } from '../domain/snapshot.ts';
import { MIN_REPLAY_MS, openSessionReplay } from './session-replay.ts';
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
    route_id: 'support',
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

function registry(sessionIdleMs = IDLE_MS) {
  const sessions = createSessions({ ids: createIds(() => 1_000) });
  const recalled: unknown[] = [];
  const recall = (...attempt: unknown[]): void => void recalled.push(attempt);
  const snapshot = () => compileSnapshot(1, configOf([], [], { ...SETTINGS, sessionIdleMs }));
  const replay = openSessionReplay({ sessions, breakers: { recall }, clock: CLOCK, snapshot });
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
      nowAtMs: CLOCK.nowMs(),
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
      pin: { routeId: 'support', modelId: 'candidate', arm: null },
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
    const old = request({ session_id: 'old', session_instance: 'o', time_ms: NOW_MS - MIN_REPLAY_MS - 1 });
    expect(replay.take([old])).toBe(false);
    expect(sessions.find('key_a', 'old')).toBeNull();
  });

  it('are looked for as far back as sessions may be idle', () => {
    const { sessions, replay } = registry(4 * MIN_REPLAY_MS);
    const old = request({ session_id: 'old', session_instance: 'o', time_ms: NOW_MS - 3 * MIN_REPLAY_MS });
    expect(replay.take([old])).toBe(true);
    expect(sessions.find('key_a', 'old')).not.toBeNull();
  });

  it('are recognised by their opening words, whatever the client calls them', () => {
    const before = registry();
    const first = before.enter({ sessionId: null }).session;
    const { replay, enter } = registry();
    const { id, instance, openingMark, beganAtMs } = first;
    const told = { session_id: id, session_instance: instance, opening_mark: openingMark };
    replay.take([request({ ...told, session_began_ms: beganAtMs - 7 })]);
    expect(enter({ sessionId: null }, 2).session).toMatchObject({ instance, beganAtMs: beganAtMs - 7 });
    expect(
      enter({ sessionId: null, opening: { systemText: '', firstUserText: 'bye' } }, 2).session.instance,
    ).not.toBe(instance);
  });

  it('keep the route that began them and the model that they were on there', () => {
    const { sessions, replay } = registry();
    replay.take([
      request({ reason: 'audience', assigned_model_id: 'x' }),
      request({ reason: 'rule', assigned_model_id: 'candidate', fallback: 'open', model_id: 'stable' }),
      request({ reason: 'rule', route_id: 'titles', assigned_model_id: 'small' }),
      request({ reason: 'rule', assigned_model_id: 'candidate' }),
    ]);
    const pin = { routeId: 'support', modelId: 'stable', arm: null };
    expect(sessions.find('key_a', 'chat-7')).toMatchObject({ pin });
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
