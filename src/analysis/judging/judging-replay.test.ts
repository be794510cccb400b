import { describe, expect, it } from 'vitest';
import type { Frame } from '../../contract/frame.ts';
import type { UnjudgedAnswer } from '../../ports/judging.ts';
import { openJudgingReplay } from './judging-replay.ts';

const NOW_MS = 1_750_000_000_000;
const HOUR_MS = 3_600_000;

const frame = (kind: Frame['kind'], record: object): Frame => ({ kind, record }) as unknown as Frame;
const asked = (name: string, more: object = {}): Frame =>
  frame('request', {
    time_ms: NOW_MS,
    request_id: name,
    session_instance: `s${name}`,
    outcome: 'ok',
    ...more,
  });
const derived = (name: string, more: object = {}): Frame =>
  frame('derived', {
    time_ms: NOW_MS,
    request_id: name,
    session_instance: `s${name}`,
    intent: 'orders',
    task_completed: null,
    ...more,
  });
const text = (name: string, more: object = {}): Frame =>
  frame('text', {
    time_ms: NOW_MS,
    request_id: name,
    messages: [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: `where ${name}` },
    ],
    answer: `there ${name}`,
    is_cut: false,
    ...more,
  });

/** The requests that are judged after all, of frames in the order in which they were written. */
function replayed(events: readonly Frame[], texts: readonly Frame[]): UnjudgedAnswer[] {
  const added: UnjudgedAnswer[] = [];
  const clock = { nowMs: () => NOW_MS, monotonicMs: () => 0 };
  const replay = openJudgingReplay({ add: (one) => void added.push(one), withdraw: () => {} }, clock);
  replay.takeEvents(events.toReversed());
  replay.takeTexts(texts.toReversed());
  return added;
}

describe('what an earlier process left unjudged', () => {
  it('is taken over with what was said', () => {
    expect(replayed([asked('a'), derived('a')], [text('a')])).toEqual([
      { requestId: 'a', sessionInstance: 'sa', intentName: 'orders', question: 'where a', answer: 'there a' },
    ]);
  });

  it.each<[string, Frame[], Frame[]]>([
    [
      'it has a verdict',
      [asked('a'), derived('a'), frame('judged', { time_ms: NOW_MS, session_instance: 'sa' })],
      [text('a')],
    ],
    ['its rule decided', [asked('a'), derived('a', { task_completed: false })], [text('a')]],
    ['it has no intent', [asked('a'), derived('a', { intent: null })], [text('a')]],
    [
      'the client said so itself of the request',
      [
        asked('a'),
        derived('a'),
        frame('feedback', { time_ms: NOW_MS, request_id: 'a', session_instance: null, task_completed: true }),
      ],
      [text('a')],
    ],
    [
      'the client said so itself of the session',
      [
        asked('a'),
        derived('a'),
        frame('feedback', {
          time_ms: NOW_MS,
          request_id: null,
          session_instance: 'sa',
          task_completed: false,
        }),
      ],
      [text('a')],
    ],
    ['its answer was not whole', [asked('a', { outcome: 'error' }), derived('a')], [text('a')]],
    ['its text is not kept', [asked('a'), derived('a')], [text('b')]],
    ['its text is not kept whole', [asked('a'), derived('a')], [text('a', { is_cut: true })]],
    ['nothing was answered', [asked('a'), derived('a')], [text('a', { answer: '' })]],
    ['it is old', [derived('a', { time_ms: NOW_MS - HOUR_MS })], [text('a')]],
  ])('is left where %s', (_why, events, texts) => {
    expect(replayed(events, texts)).toEqual([]);
  });

  it('is still taken over after a rating without a word on the task', () => {
    const rating = { time_ms: NOW_MS, request_id: 'a', session_instance: null, task_completed: null };
    expect(replayed([asked('a'), derived('a'), frame('feedback', rating)], [text('a')])).toHaveLength(1);
  });

  it('asks for no more than it needs', () => {
    const clock = { nowMs: () => NOW_MS, monotonicMs: () => 0 };
    const replay = openJudgingReplay({ add: () => {}, withdraw: () => {} }, clock);
    expect(replay.takeEvents([asked('a')])).toBe(true);
    expect(replay.takeTexts([text('a')])).toBe(false);
    expect(replay.takeEvents([derived('a')])).toBe(true);
    expect(replay.takeTexts([text('b')])).toBe(true);
    expect(replay.takeTexts([text('a')])).toBe(false);
    expect(replay.takeEvents([asked('a', { time_ms: NOW_MS - HOUR_MS })])).toBe(false);
  });
});
