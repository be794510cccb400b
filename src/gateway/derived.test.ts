import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OLLAMA_END, OLLAMA_WHOLE, ollamaLine } from '../../test/support/frames.ts';
import {
  modelOf,
  type Rig,
  routeOf,
  type Scripted,
  startRig,
  startScripted,
} from '../../test/support/gateway-rig.ts';
import type { DerivedRecord } from '../contract/event.ts';
import type { Capture } from '../domain/config.ts';
import { DEFAULT_FOLLOW_UP_PHRASES } from '../domain/follow-up-phrases.ts';
import type { Intent } from '../domain/intent.ts';
import type { UnjudgedAnswer } from '../ports/judging.ts';

const INTENTS: readonly Intent[] = [
  {
    name: 'orders',
    phrases: ['查订单', '*where*order*'],
    rule: { allOf: [], anyOf: ['No. *', '*单号*'], noneOf: [] },
  },
  { name: 'chat', phrases: ['hello'], rule: null },
];

let rig: Rig;
let ollama: Scripted;
const unjudged: UnjudgedAnswer[] = [];
const withdrawn: unknown[] = [];
let answers: string[] = [];

beforeAll(async () => {
  rig = await startRig({
    judging: {
      add: (answer) => void unjudged.push(answer),
      withdraw: (about, because) => void withdrawn.push([[...about], because]),
    },
  });
  ollama = await startScripted((res, body) => {
    const { stream } = JSON.parse(body) as { stream?: boolean };
    const answer = answers.shift() ?? 'fine';
    if (answer === '500') res.writeHead(500).end('{"error":"broken"}');
    else if (stream === false) res.end(OLLAMA_WHOLE);
    else res.end(ollamaLine(answer) + OLLAMA_END);
  });
});
beforeEach(() => {
  rig.frames.length = 0;
  unjudged.length = 0;
  answers = [];
  configure('derived');
});
afterAll(async () => {
  await rig.close();
  await ollama.close();
});

function configure(capture: Capture): void {
  rig.configure(
    [modelOf('stable', { baseUrl: ollama.url, capture })],
    [routeOf('support', [['stable', 100]])],
    {
      followUpPhrases: [...DEFAULT_FOLLOW_UP_PHRASES.zh, ...DEFAULT_FOLLOW_UP_PHRASES.en],
      intents: INTENTS,
    },
  );
}

let sessions = 0;
/** A client's conversation: one that resends it whole, or one that sends the new message only. */
function conversation(resends: boolean) {
  sessions += 1;
  const session_id = `s${sessions}`;
  const history: object[] = [];
  return async (content: string, more: object = {}): Promise<void> => {
    const message = { role: 'user', content };
    const body = {
      model: 'x',
      user_id: 'u',
      session_id,
      messages: [...(resends ? history : []), message],
      ...more,
    };
    const headers = { authorization: 'Bearer key-a' };
    const response = await fetch(`${rig.url}/api/chat`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    history.push(message, { role: 'assistant', content: await response.text() });
  };
}

const derived = (): DerivedRecord[] =>
  rig.frames.filter(({ kind }) => kind === 'derived').map(({ record }) => record as DerivedRecord);

/** The facts of `count` requests, which come a few milliseconds after their answers. */
async function facts(count: number) {
  await expect.poll(() => derived().length).toBe(count);
  return derived().map((r) => [r.is_follow_up, r.follow_up_by, r.intent, r.task_completed]);
}

describe.each([true, false])('what texts tell, of a client that resends the conversation: %s', (resends) => {
  it('is found in Chinese', async () => {
    const say = conversation(resends);
    answers = ['您的订单单号是 20240611'];
    await say('帮我查订单');
    await say('没听懂，再说一遍');
    await say('怎么修改收货地址？');
    expect(await facts(3)).toEqual([
      [null, null, 'orders', true],
      [true, 'phrase', null, null],
      [false, null, null, null],
    ]);
  });

  it('is found in English', async () => {
    const say = conversation(resends);
    answers = ['I cannot tell.'];
    await say('Where is my order?');
    await say('How do I change the delivery address of my parcel?');
    await say('How can I change the delivery address of my parcel');
    expect(await facts(3)).toEqual([
      [null, null, 'orders', false],
      [false, null, null, null],
      [true, 'near_duplicate', null, null],
    ]);
  });

  it('is found in long messages too', async () => {
    const say = conversation(resends);
    const question = `How do I change the delivery address? ${'This is what I did so far. '.repeat(2_000)}`;
    await say('hello');
    await say(question);
    await say(`${question}?`);
    expect((await facts(3)).map(([isFollowUp]) => isFollowUp)).toEqual([null, false, true]);
  });
});

describe('a derived frame', () => {
  it('names its request and session, and holds no text', async () => {
    const say = conversation(true);
    await say('hello');
    await facts(1);
    const [event] = rig.events();
    expect(derived()).toEqual([
      {
        time_ms: event?.time_ms,
        request_id: event?.request_id,
        session_instance: event?.session_instance,
        is_follow_up: null,
        follow_up_by: null,
        intent: 'chat',
        task_completed: null,
      },
    ]);
  });

  it('is not there where nothing is told', async () => {
    const say = conversation(true);
    await say('good morning');
    await say('pardon?');
    expect(await facts(1)).toEqual([[true, 'phrase', null, null]]);
  });

  it('judges the first answer that arrived whole, and no other', async () => {
    const say = conversation(false);
    answers = ['500', 'No. 17', 'I cannot tell.'];
    await say('where is my order');
    await say('where is my order');
    await say('where is my order');
    expect(await facts(2)).toEqual([
      [null, null, 'orders', null],
      [null, null, 'orders', true],
    ]);
    await rig.gateway.drain(0);
    expect(derived()).toHaveLength(2);
  });

  it.each([
    ['full', ['derived', 'text']],
    ['derived', ['derived']],
    ['off', []],
  ] as const)('and its text, with capture: %s', async (capture, kinds) => {
    configure(capture);
    const say = conversation(true);
    await say('hello');
    rig.gateway.close(); // works off what waits
    const found = rig.frames.map(({ kind }) => kind).filter((kind) => kind !== 'request');
    expect(found.sort()).toEqual(kinds);
    const text = JSON.stringify(rig.frames.filter(({ kind }) => kind !== 'text'));
    expect(text).not.toContain('hello');
  });
});

describe('an answer that no rule decides', () => {
  it.each([
    ['full', 1],
    ['derived', 1],
    ['off', 0],
  ] as const)('goes to the judge, with capture: %s', async (capture, count) => {
    configure(capture);
    answers = ['Hello to you.'];
    const say = conversation(true);
    await say('hello there');
    await say('and again hello');
    rig.gateway.close();
    expect(unjudged).toHaveLength(count);
    const [event] = rig.events();
    for (const answer of unjudged)
      expect(answer).toEqual({
        requestId: event?.request_id,
        sessionInstance: event?.session_instance,
        intentName: 'chat',
        question: 'hello there',
        answer: 'Hello to you.',
      });
  });

  it('is none where a rule decided, nothing was answered, or there is no intent', async () => {
    answers = ['No. 17', '500', 'fine'];
    await conversation(true)('where is my order');
    await conversation(true)('hello');
    await conversation(true)('good morning');
    await facts(2);
    rig.gateway.close();
    expect(unjudged).toEqual([]);
  });

  it('is withdrawn when the client says itself how it went', async () => {
    await conversation(true)('hello');
    const [event] = rig.events();
    const tell = (body: object) =>
      fetch(`${rig.url}/v1/feedback`, {
        method: 'POST',
        headers: { authorization: 'Bearer key-a' },
        body: JSON.stringify({ request_id: event?.request_id, ...body }),
      });
    expect((await tell({ rating: 1 })).status).toBe(202);
    expect((await tell({ task_completed: true })).status).toBe(202);
    expect(withdrawn).toEqual([[[event?.request_id, null], 'feedback']]);
  });
});

it('lets facts go, and counts them, when more wait than may', async () => {
  const small = await startRig({ maxDerivations: 2 });
  const held: (() => void)[] = [];
  const crowd = await startScripted((res) => {
    held.push(() => res.end(OLLAMA_WHOLE));
    if (held.length === 20) for (const end of held) end();
  });
  small.configure([modelOf('stable', { baseUrl: crowd.url })], [routeOf('support', [['stable', 100]])], {
    intents: INTENTS,
  });
  const body = JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'hello' }], stream: false });
  const headers = { authorization: 'Bearer key-a' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fetch(`${small.url}/api/chat`, { method: 'POST', headers, body })),
  );
  expect(answers.every(({ ok }) => ok)).toBe(true);
  small.gateway.close();
  const { waiting, dropped } = small.gateway.derivation();
  const kept = small.frames.filter(({ kind }) => kind === 'derived').length;
  expect([waiting, kept + dropped]).toEqual([0, 20]);
  expect(dropped).toBeGreaterThan(0);
  await small.close();
  await crowd.close();
});
