import { describe, expect, it } from 'vitest';
import {
  firstRound,
  isAlive,
  opensConversation,
  opensRound,
  type SessionState,
  type TurnFacts,
} from './session.ts';

const STATE: SessionState = {
  round: 2,
  userMessages: 2,
  lastUserMark: 7,
  lastActiveMs: 1_000,
  running: 0,
  ended: false,
  lastFailed: false,
};
const TURN: TurnFacts = {
  userMessages: 3,
  assistantMessages: 2,
  endsWithUser: true,
  lastUserMark: 8,
  isRetry: false,
};

describe('opensRound of a session of an earlier process', () => {
  const taken = { ...STATE, lastUserMark: null };
  it.each([
    ['one message more', {}, true],
    ['the same messages: the answer anew', { userMessages: 2 }, false],
    ['a message alone', { userMessages: 1, assistantMessages: 0 }, true],
    ['a tool’s turn', { endsWithUser: false }, false],
    ['a retry', { isRetry: true }, false],
  ])('%s', (_name, more, expected) => {
    expect(opensRound(taken, { ...TURN, ...more })).toBe(expected);
  });
});

describe('isAlive', () => {
  it.each([
    ['just now', {}, 1_000, true],
    ['at the limit', {}, 61_000, true],
    ['beyond it', {}, 61_001, false],
    ['beyond it, while an answer runs', { running: 1 }, 999_999, true],
    ['after its end', { ended: true }, 1_000, false],
    ['after its end, while an answer runs', { ended: true, running: 1 }, 1_000, false],
  ])('%s', (_name, more, nowMs, expected) => {
    expect(isAlive({ ...STATE, ...more }, nowMs, 60_000)).toBe(expected);
  });
});

describe('opensConversation', () => {
  const first: TurnFacts = { ...TURN, userMessages: 1, assistantMessages: 0 };
  it.each([
    ['a lone first message', first, {}, true],
    ['the SDK repeats it', { ...first, isRetry: true }, {}, false],
    ['the same again after a failure', first, { lastFailed: true }, false],
    ['a message after an answer', { ...first, assistantMessages: 1 }, {}, false],
    ['a second user message', { ...first, userMessages: 2 }, {}, false],
    ['the result of a tool', { ...first, endsWithUser: false }, {}, false],
  ])('%s', (_name, turn, more, expected) => {
    expect(opensConversation({ ...STATE, ...more }, turn)).toBe(expected);
  });
});

describe('opensRound', () => {
  it.each([
    ['a further user message', TURN, true],
    ['another text in a window of equal length', { ...TURN, userMessages: 2 }, true],
    ['the same text once more, with more history', { ...TURN, lastUserMark: 7 }, true],
    ['a regeneration', { ...TURN, userMessages: 2, lastUserMark: 7 }, false],
    ['a turn of a tool', { ...TURN, endsWithUser: false }, false],
    ['a retry', { ...TURN, isRetry: true }, false],
  ])('%s', (_name, turn, expected) => {
    expect(opensRound(STATE, turn)).toBe(expected);
  });

  it('counts a history that began before Sluice saw it', () => {
    expect(firstRound(TURN)).toBe(3);
    expect(firstRound({ ...TURN, userMessages: 0 })).toBe(1);
  });
});
