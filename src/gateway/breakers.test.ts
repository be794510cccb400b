import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BREAKER } from '../../test/config-fixture.ts';
import {
  type Answer,
  type FailingRig,
  GOOD_STREAM,
  json,
  MESSAGES,
  startFailingRig,
  stream,
} from '../../test/support/failing-rig.ts';
import type { Script } from '../../test/support/gateway-rig.ts';
import { EARLY, FIRST_FRAME, LATE } from '../../test/support/sickness.ts';
import type { BreakerChange } from '../domain/breaker-change.ts';
import type { Model } from '../domain/config.ts';
import type { BreakerReport } from '../ports/breakers.ts';
import type { CallReport } from '../ports/model-client.ts';

const OPEN_MS = 150;
const changes: BreakerChange[] = [];
/** What our own questions to the model get. */
let probeReport: CallReport = { ok: true, latencyMs: 1, ttftMs: 1, errorClass: null, message: null };
let probes = 0;
let world: FailingRig;
beforeAll(async () => {
  world = await startFailingRig({
    onBreakerChange: (change) => changes.push(change),
    prober: {
      async ask() {
        probes += 1;
        return probeReport;
      },
    },
  });
});
afterEach(() => world.forget());
afterAll(() => world.close());

/** Comes back while a test watches; the others' breakers stay open, however slow the machine is. */
const BRISK = { breaker: { ...BREAKER, openMs: OPEN_MS, probeEveryMs: 60_000 } };
/** Of a model that hangs: as short as a busy machine allows. */
const HASTY = { timeoutMs: 250, idleTimeoutMs: 250 };
function configure(model: Partial<Model> = {}, fallback = true): void {
  world.rig.configure([], []);
  world.rig.gateway.breakers.reports(); // breakers go with their models: the next ones are new
  world.configure({ fallback, model: { breaker: BREAKER, ...model } });
  changes.length = 0;
  probes = 0;
}
function report(id = 'bad'): BreakerReport {
  const found = world.rig.gateway.breakers.reports().find(({ modelId }) => modelId === id);
  if (!found) throw new Error(`no breaker ${id}`);
  return found;
}
async function ask(times: number, isStream = true): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i += 1) answers.push(await world.ask(isStream));
  return answers;
}
const facts = ({ status, headers }: Answer) => [
  status,
  headers.get('x-model-used'),
  headers.get('x-sluice-fallback'),
];
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const good: Script = stream(GOOD_STREAM);

describe('a breaker of the gateway', () => {
  it.each(EARLY)(
    'opens after five failures of the kind "$name"; its users notice nothing',
    async ({ script, hangs }) => {
      configure(hangs && HASTY);
      world.play(script);
      const answers = await ask(7);
      expect(answers.map(({ text }) => text)).toEqual(Array(7).fill(GOOD_STREAM));
      expect(answers.slice(0, 5).map(facts)).toEqual(Array(5).fill([200, 'good', 'error']));
      expect(answers.slice(5).map(facts)).toEqual(Array(2).fill([200, 'good', 'open']));
      expect(changes).toMatchObject([
        { modelId: 'bad', from: 'CLOSED', to: 'OPEN', because: '5 failures in a row' },
      ]);
      const attempts = answers.map(({ event }) => event?.attempts.map(({ model_id }) => model_id).join());
      expect(attempts).toEqual([...Array(5).fill('bad,good'), 'good', 'good']);
      const { event } = answers.at(-1) ?? {};
      expect(event).toMatchObject({
        reason: 'rule',
        fallback: 'open',
        assigned_model_id: 'bad',
        model_id: 'good',
      });
    },
  );

  it.each(LATE)('opens as fast by $name', async ({ script, hangs }) => {
    configure(hangs && HASTY);
    world.play(script);
    const answers = await ask(6);
    for (const { status, text } of answers.slice(0, 5)) {
      expect([status, text.startsWith(FIRST_FRAME)]).toEqual([200, true]);
      expect(JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')).toHaveProperty('error');
    }
    expect(facts(answers[5] as Answer)).toEqual([200, 'good', 'open']);
  });

  it.each([
    ['a 429', json(429, '{"error":"slow down"}')],
    ['a 400', json(400, '{"error":"invalid role"}')],
    ['a prompt that is too long', json(400, '{"error":"the prompt is longer than the context length"}')],
  ] as const)('stays closed for %s', async (_name, script) => {
    configure();
    world.play(script);
    await ask(12);
    expect(report()).toMatchObject({ state: 'CLOSED', requests: 0, failures: 0 });
    expect(changes).toEqual([]);
  });

  it('stays closed when clients leave', async () => {
    configure();
    world.play(() => {});
    for (let i = 0; i < 8; i += 1) {
      const left = new AbortController();
      setTimeout(() => left.abort(), 10);
      const body = JSON.stringify({ model: 'x', messages: MESSAGES });
      const headers = { authorization: 'Bearer key-a', 'x-user-id': 'alice' };
      const url = `${world.rig.url}/api/chat`;
      await expect(fetch(url, { method: 'POST', headers, body, signal: left.signal })).rejects.toThrow();
    }
    await until(() => world.rig.events().length === 8);
    expect(report()).toMatchObject({ state: 'CLOSED', requests: 0 });
  });

  it('lets users try the model once its time is over, one, then two at a time, and closes', async () => {
    configure(BRISK);
    world.play(json(500, '{}'));
    await ask(5);
    let running = 0;
    let finished = 0;
    let tooMany = 0;
    world.play((res, body, req) => {
      running += 1;
      if (running > (finished === 0 ? 1 : 2)) tooMany += 1;
      setTimeout(() => {
        running -= 1;
        finished += 1;
        good(res, body, req);
      }, 10);
    });
    await until(() => report().state === 'HALF_OPEN');
    world.failing.requests.length = 0;
    const rounds: Answer[][] = [];
    while (report().state !== 'CLOSED')
      rounds.push(await Promise.all(Array.from({ length: 6 }, () => world.ask(true))));
    expect(rounds.flat().every(({ text }) => text === GOOD_STREAM)).toBe(true);
    expect([world.failing.requests.length, tooMany]).toEqual([5, 0]);
    expect(changes.map(({ to, reason }) => `${to} ${reason}`)).toEqual([
      'OPEN consecutive_failures',
      'HALF_OPEN cooled_down',
      'CLOSED probes_passed',
    ]);
    expect(report().history).toEqual(changes.toReversed());
    expect((await ask(3)).map(facts)).toEqual(Array(3).fill([200, 'bad', null]));
  });

  it('gives a dead model one try a cool-down, which its user does not notice', async () => {
    configure(BRISK);
    world.play(json(500, '{}'));
    await ask(5);
    world.failing.requests.length = 0;
    const endMs = performance.now() + 4 * OPEN_MS;
    while (performance.now() < endMs) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => world.ask(true)));
      expect(answers.map(({ text }) => text)).toEqual(Array(4).fill(GOOD_STREAM));
    }
    expect(world.failing.requests.length).toBeGreaterThan(1);
    expect(world.failing.requests.length).toBeLessThanOrEqual(4);
    const [reopened] = changes.filter(({ reason }) => reason === 'probe_failed');
    expect(reopened).toMatchObject({
      from: 'HALF_OPEN',
      incident: 2,
      because: 'a probe failed: upstream_5xx',
    });
  });

  it('asks the model itself when nobody else does', async () => {
    configure({ breaker: { ...BRISK.breaker, probeEveryMs: 1 } });
    probeReport = { ...probeReport, ok: false, errorClass: 'connection_refused' };
    world.play(json(500, '{}'));
    await ask(5);
    await until(() => changes.some(({ reason }) => reason === 'probe_failed'));
    probeReport = { ...probeReport, ok: true, errorClass: null };
    await until(() => report().state === 'CLOSED');
    expect(probes).toBeGreaterThanOrEqual(6);
    expect(world.failing.requests).toHaveLength(5);
  });

  it('of a model without a fallback opens, and the model goes on serving', async () => {
    configure({}, false);
    world.play(json(500, '{"error":"boom"}'));
    expect((await ask(7)).map(facts)).toEqual(Array(7).fill([502, 'bad', null]));
    expect([report().state, world.failing.requests.length]).toEqual(['OPEN', 7]);
    world.play(good);
    expect(facts((await ask(1))[0] as Answer)).toEqual([200, 'bad', null]);
  });

  it('skips a fallback that is open itself', async () => {
    configure();
    world.play(json(500, '{"error":"boom"}'));
    world.rig.gateway.breakers.force('good', 'open');
    const [answer] = await ask(1);
    expect([answer?.status, world.healthy.requests.length]).toEqual([502, 0]);
  });

  it('refuses who names the model, and says when to come again', async () => {
    configure();
    world.rig.gateway.breakers.force('bad', 'open');
    const response = await fetch(`${world.rig.url}/v1/chat`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-a', 'x-model-id': 'bad' },
      body: JSON.stringify({ messages: MESSAGES }),
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await response.json()).toMatchObject({ error: { code: 'breaker_open' } });
    expect(world.rig.events().at(-1)).toMatchObject({
      outcome: 'refused',
      error_class: 'rejected',
      attempts: [],
    });
    expect(report().requests).toBe(0);
  });

  it('sends who waits for a place to the fallback when it opens', async () => {
    configure({ maxConcurrent: 1, timeoutMs: 600 });
    world.play(() => {});
    const waiting = Array.from({ length: 4 }, () => world.ask(true));
    await until(() => world.rig.gateway.queueLengths().some(([id, length]) => id === 'bad' && length === 3));
    world.rig.gateway.breakers.force('bad', 'open');
    const first = await Promise.race(waiting);
    expect(facts(first)).toEqual([200, 'good', 'open']);
    await until(() => world.rig.events().length === 3);
    // The one that was under way fails, and is saved as ever.
    expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(Array(4).fill(GOOD_STREAM));
    expect(world.failing.requests).toHaveLength(1);
  });

  it('counts nothing of requests that never reached the model', async () => {
    configure({ maxConcurrent: 1, maxQueue: 0, timeoutMs: 300 }, false);
    world.play(() => {});
    const under = world.ask(true);
    await until(() => world.failing.requests.length === 1);
    expect((await ask(6)).map(({ status }) => status)).toEqual(Array(6).fill(503));
    expect((await under).status).toBe(504);
    expect(report()).toMatchObject({ requests: 1, failures: 1 });
  });

  it('lets a stream finish that began before it opened, and counts nothing of it', async () => {
    configure();
    world.play((res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' }).write(FIRST_FRAME);
      setTimeout(() => res.end(GOOD_STREAM.slice(GOOD_STREAM.indexOf('\n') + 1)), 60);
    });
    const begun = world.ask(true);
    await until(() => world.failing.requests.length === 1);
    world.rig.gateway.breakers.force('bad', 'open');
    expect(await begun).toMatchObject({ status: 200, event: { outcome: 'ok', model_id: 'bad' } });
    expect(report()).toMatchObject({ state: 'OPEN', isHeld: true, requests: 0 });
  });

  it('goes with its model, and begins anew with it', async () => {
    configure();
    world.rig.gateway.breakers.force('bad', 'open');
    world.rig.configure([], []);
    expect(world.rig.gateway.breakers.reports()).toEqual([]);
    configure();
    expect(report()).toMatchObject({ state: 'CLOSED', epoch: 1, history: [] });
  });
});
