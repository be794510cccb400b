import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/app/server.ts';
import type { BreakerAnswer } from '../../src/contract/breaker.ts';
import type { ReviewAnswer, ReviewNext } from '../../src/contract/review.ts';
import { type AdminClient, createAdminClient } from '../support/admin-client.ts';
import { indexed } from '../support/indexed.ts';
import { ADMIN_KEY, makeDataDir } from '../support/sluice.ts';
import { CANDIDATE, SPLIT_50_50, STABLE, startWorld, type World } from '../support/world.ts';

const USERS = 12;
let data: Awaited<ReturnType<typeof makeDataDir>>;
let world: World;
let second: RunningServer;
let admin: AdminClient;

/** Two lives of one Sluice: a batch is made in the first, its second answers partly in the other. */
beforeAll(async () => {
  data = await makeDataDir();
  world = await startWorld({
    server: { dataDir: data.dataDir },
    shares: SPLIT_50_50,
  });
  admin = world.sluice.admin;
  for (let user = 0; user < USERS; user += 1) await talk(`uid_${user}`);
  await indexed(admin);
});
afterAll(async () => {
  await second?.close();
  await world.asker.close();
  await world.sim.close();
  await data.remove();
});

/** Two rounds, the second with what was said in the first. */
async function talk(userId: string): Promise<void> {
  const ask = (messages: object[]) =>
    world.asker.ask({ door: 'chat', userId, more: { session_id: `chat of ${userId}`, messages } });
  const opening = [
    { role: 'system', content: 'You help.' },
    { role: 'user', content: `first question of ${userId}` },
  ];
  const { text } = await ask(opening);
  const answer = { role: 'assistant', content: JSON.parse(text).message.content };
  await ask([...opening, answer, { role: 'user', content: `second question of ${userId}` }]);
}

const make = (id: string, more: object = {}) =>
  admin.must('POST', '/reviews', {
    ...{ id, mode: 'side_by_side', model_ids: [STABLE, CANDIDATE], sample_size: 3, ...more },
  });
const read = async (id: string) => (await admin.must('GET', `/reviews/${id}`)) as unknown as ReviewAnswer;
const next = async (id: string) => (await admin.must('GET', `/reviews/${id}/next`)) as unknown as ReviewNext;
const settled = (id: string, pairs: object) =>
  expect.poll(async () => (await read(id)).pairs, { timeout: 15_000, interval: 100 }).toMatchObject(pairs);
const set = (model: string, patch: object) => admin.must('PATCH', `/models/${model}`, patch);
/** What may not change by an answer that no user asked for. */
const figures = async () => {
  await indexed(admin);
  const paths = ['/metrics/models?window=1h', '/sessions?limit=500', '/requests?limit=500'];
  const lists = await Promise.all(paths.map((path) => admin.must('GET', path)));
  return lists.map(({ items }) => items);
};

it('has each question answered by the other model too, over a restart, and nobody counts it', {
  timeout: 60_000,
}, async () => {
  const before = await figures();
  await set(CANDIDATE, { enabled: false });
  expect(await make('june')).toMatchObject({ mode: 'side_by_side', items: 6, notes: [] });
  await settled('june', { waiting: 3, ready: 3, held_up: `"${CANDIDATE}" is disabled` });
  await world.sluice.close();
  second = await startServer({
    ...{ host: '127.0.0.1', port: 0, dataDir: data.dataDir, configFile: null, allowedHosts: [] },
    ...{ adminKey: ADMIN_KEY, secretKey: null, logLevel: 'silent' },
  });
  admin = createAdminClient(second.url, ADMIN_KEY);
  expect((await read('june')).pairs).toMatchObject({ waiting: 3, ready: 3 });
  await set(CANDIDATE, { enabled: true });
  await settled('june', { waiting: 0, ready: 6, failed: 0, held_up: null });
  expect(await figures()).toEqual(before);
});

it('shows both answers beside what was said, blind, until all pairs are rated', async () => {
  const seen = new Set<string>();
  for (let rated = 0; rated < 6; rated += 1) {
    const { item } = await next('june');
    if (!item?.answers) throw new Error('there is no pair');
    const { conversation, answers } = item;
    expect([conversation.length, conversation[0]?.content]).toEqual([expect.toBeOneOf([2, 4]), 'You help.']);
    expect(answers.left).not.toBe('');
    expect(answers.right).not.toBe('');
    const words = JSON.stringify({ ...item, conversation: [] });
    for (const name of [STABLE, CANDIDATE, 'uid_', 'req_', 'ses_']) expect(words).not.toContain(name);
    seen.add(JSON.stringify(conversation));
    await admin.must('POST', `/reviews/june/items/${item.id}`, { marks: { preference: 'left' } });
  }
  expect(seen.size).toBe(6);
  expect((await next('june')).because).toBe('every answer has been rated');
  const { preferences } = await admin.must('GET', '/reviews/june/result');
  expect(preferences).toMatchObject([{ id: 'preference', status: 'ok', pairs: 6, same: 0 }]);
});

it('gives up on a model that is dead, whose breaker hears nothing of it', async () => {
  const counts = async () => {
    const { items } = await admin.must('GET', '/breakers');
    return (items as BreakerAnswer[]).map(({ state, counts: { requests, failures } }) => [
      state,
      requests,
      failures,
    ]);
  };
  const before = await counts();
  const { base_url } = await admin.must('GET', `/models/${CANDIDATE}`);
  await set(CANDIDATE, { base_url: 'http://127.0.0.1:1' });
  await make('dead', { sample_size: 1 });
  await settled('dead', { waiting: 0, ready: 1, failed: 1 });
  expect((await read('dead')).pairs?.failures).toEqual([{ because: 'connection_refused', pairs: 1 }]);
  expect(await counts()).toEqual(before);
  await set(CANDIDATE, { base_url });
});

it('leaves nothing of a second answer behind when its user is erased', async () => {
  await make('erased', { sample_size: 2 });
  await settled('erased', { waiting: 0, ready: 4 });
  const { item } = await next('erased');
  const user = /uid_\d+/.exec(item?.conversation.at(-1)?.content ?? '')?.[0];
  const words = [item?.answers?.left, item?.answers?.right].map((text) => JSON.stringify(text).slice(1, 60));
  const kept = () => {
    const folder = join(data.dataDir, 'journal');
    const texts = readdirSync(folder).filter((name) => name.endsWith('.texts'));
    const all = texts.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
    return { own: words.filter((text) => all.includes(text)).length, named: all.includes(`"${user}"`) };
  };
  expect(kept()).toEqual({ own: 2, named: true });
  await admin.must('DELETE', `/users/${user}/data`);
  expect(kept().named).toBe(false);
  await indexed(admin);
  expect((await read('erased')).items).toBeLessThan(4);
  expect((await admin.call('POST', `/reviews/erased/items/${item?.id}`, { skip: true })).status).toBe(404);
});
