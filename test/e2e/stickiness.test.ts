import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SimServer, startModelServer } from '../../sim/model-server.ts';
import { type Asker, createAsker } from '../support/asker.ts';
import { type ChildSluice, startChildSluice } from '../support/child-sluice.ts';
import { journalOf } from '../support/journal-events.ts';
import { makeDataDir } from '../support/sluice.ts';
import { CANDIDATE, modelInput, rulesOf, STABLE, UPSTREAM_NAMES } from '../support/world.ts';

/** On the candidate's side, bucket 89. */
const USER = 'uid_123456';
let data: Awaited<ReturnType<typeof makeDataDir>>;
let sim: SimServer;
let sluice: ChildSluice;
let asker: Asker;
let key: string;

beforeEach(async () => {
  data = await makeDataDir();
  sim = await startModelServer({
    port: 0,
    models: Object.values(UPSTREAM_NAMES).map((name) => ({ name })),
    speed: 1e9,
  });
  sluice = await startChildSluice({ dataDir: data.dataDir });
  for (const [id, name] of Object.entries(UPSTREAM_NAMES)) {
    await sluice.admin.must('POST', '/models', modelInput({ id, upstream: 'ollama', url: sim.url, name }));
  }
  await sluice.admin.must('POST', '/routes', {
    id: 'support',
    default: true,
    stickiness: 'conversation',
    rules: rulesOf([
      { model: STABLE, weight: 100 },
      { model: CANDIDATE, weight: 0 },
    ]),
  });
  key = String((await sluice.admin.must('POST', '/keys', { name: 'tests', role: 'chat' })).key);
  asker = createAsker(sluice.url, key);
});
afterEach(async () => {
  await asker.close();
  await sluice.kill();
  await sim.close();
  await data.remove();
});

/** A round of a conversation that the client names, or that is known by its opening words alone. */
const say = async (sessionId: string | null, rounds: number) => {
  const messages = Array.from({ length: 2 * rounds - 1 }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: `text ${i}`,
  }));
  const more = { messages, ...(sessionId === null ? {} : { session_id: sessionId }) };
  const { headers } = await asker.ask({ door: 'chat', userId: USER, more });
  return [headers['x-model-used'], headers['x-sluice-reason'], headers['x-sluice-pin-broken'] ?? null];
};
const share = (...weights: number[]) =>
  sluice.admin.must('PATCH', '/routes/support', {
    rules: rulesOf(
      [STABLE, CANDIDATE].flatMap((model, i) =>
        weights[i] === undefined ? [] : [{ model, weight: weights[i] }],
      ),
    ),
  });
const explain = (sessionId: string) =>
  sluice.admin.must('GET', `/routes/support/explain?user_id=${USER}&session_id=${sessionId}`);

it('a conversation stays on its model while shares change, also over kill -9, until that model may not answer', {
  timeout: 30_000,
}, async () => {
  for (const id of ['named', null]) expect(await say(id, 1)).toEqual([STABLE, 'rule', null]);
  await share(0, 100);
  for (const id of ['named', null]) expect(await say(id, 2)).toEqual([STABLE, 'pinned', null]);
  await asker.close();
  await sluice.kill();
  sluice = await startChildSluice({ dataDir: data.dataDir });
  asker = createAsker(sluice.url, key);

  for (const id of ['named', null]) expect(await say(id, 3)).toEqual([STABLE, 'pinned', null]);
  expect(await say('new', 1)).toEqual([CANDIDATE, 'rule', null]);
  expect(await explain('named')).toMatchObject({
    reason: 'pinned',
    assigned_model_id: STABLE,
    pinned_model_id: STABLE,
    pin_broken: null,
  });

  await sluice.admin.must('POST', `/breakers/${STABLE}/open`);
  expect(await explain('named')).toMatchObject({
    reason: 'rule',
    pinned_model_id: STABLE,
    pin_broken: 'breaker',
  });
  expect(await say('named', 4)).toEqual([CANDIDATE, 'rule', 'breaker']);
  await sluice.admin.must('POST', `/breakers/${STABLE}/close`);
  expect(await say('named', 5)).toEqual([CANDIDATE, 'pinned', null]);

  const told = journalOf(data.dataDir, 'request').filter(({ session_id }) => session_id === 'named');
  expect(told.map((one) => [one.assigned_model_id, one.model_id, one.reason, one.pin_broken])).toEqual([
    [STABLE, STABLE, 'rule', null],
    [STABLE, STABLE, 'pinned', null],
    [STABLE, STABLE, 'pinned', null],
    [CANDIDATE, CANDIDATE, 'rule', 'breaker'],
    [CANDIDATE, CANDIDATE, 'pinned', null],
  ]);
  expect(new Set(told.map((one) => one.session_began_ms)).size).toBe(1);
});

it('a model that leaves the route or is disabled gives its conversations up, once and for all', async () => {
  expect(await say('one', 1)).toEqual([STABLE, 'rule', null]);
  await share(0, 100);
  expect(await say('two', 1)).toEqual([CANDIDATE, 'rule', null]);
  await share(100);
  expect(await say('two', 2)).toEqual([STABLE, 'rule', 'retired']);
  await share(0, 100);
  expect(await say('two', 3)).toEqual([STABLE, 'pinned', null]);
  await sluice.admin.must('PATCH', `/models/${STABLE}`, { enabled: false });
  expect(await say('two', 4)).toEqual([CANDIDATE, 'rule', 'disabled']);
  await sluice.admin.must('PATCH', `/models/${STABLE}`, { enabled: true });
  expect(await say('two', 5)).toEqual([CANDIDATE, 'pinned', null]);
});
