import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChildSluice } from '../support/child-sluice.ts';
import { indexed } from '../support/indexed.ts';
import { makeDataDir } from '../support/sluice.ts';
import { startWorld, type World } from '../support/world.ts';
import { openSegmentPen, writeCrowd } from '../support/written-events.ts';

/** All that a data folder holds, as one text a file. */
function filesOf(folder: string): { name: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
}
const filesWith = (folder: string, word: string): string[] =>
  filesOf(folder)
    .filter(({ bytes }) => bytes.includes(word))
    .map(({ name }) => name);

describe('a user who is erased', () => {
  const ALICE = 'alice@example.com';
  const NAME = 'chat of alice in her own words';
  const WORDS = ['my card ends in 4711', 'a comment on 4711', NAME, ALICE];
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ model: { capture: 'full' } });
  });
  afterAll(() => world.close());

  const ask = (userId: string, sessionId: string, content: string) =>
    world.asker.ask({ door: 'chat', userId, content, more: { session_id: sessionId } });
  const post = async (path: string, body: object) => {
    const { status } = await world.asker.post(path, JSON.stringify(body));
    expect(status).toBe(202);
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers without declaring their shape
  const get = (path: string): Promise<any> => world.sluice.admin.must('GET', path);
  const erase = () => world.sluice.admin.must('DELETE', `/users/${encodeURIComponent(ALICE)}/data`);

  it('is nowhere in the data folder any more, while every figure stays', async () => {
    const { headers } = await ask(ALICE, NAME, 'my card ends in 4711');
    await ask(ALICE, NAME, 'it still ends so');
    await ask('bob', 'chat of bob', 'hello');
    await post('/v1/feedback', {
      request_id: headers['x-request-id'],
      rating: -1,
      comment: 'a comment on 4711',
    });
    await post(`/v1/sessions/${encodeURIComponent(NAME)}/end`, { reason: 'completed' });
    await expect.poll(async () => (await get('/sessions')).items.length, { timeout: 20_000 }).toBe(2);
    await expect.poll(async () => (await get('/requests')).items.at(-1)?.rating, { timeout: 5_000 }).toBe(-1);
    const before = await get('/metrics/models?window=1h');

    expect(await erase()).toEqual({
      requests: 2,
      texts: 2,
      feedback: 1,
      session_ends: 1,
      review_items: 0,
      first_seen: true,
      index: 'rebuilding',
    });
    expect(await indexed(world.sluice.admin)).toBe(3);
    for (const word of WORDS) expect([word, filesWith(world.sluice.dataDir, word)]).toEqual([word, []]);
    const { from: _f, to: _t, ...after } = await get('/metrics/models?window=1h');
    expect(after).toEqual({ items: before.items, metrics: before.metrics });

    const { items } = await get('/requests');
    expect(items.map(({ user_id }: { user_id: string }) => user_id)).toEqual([
      'bob',
      expect.stringMatching(/^erased-[0-9a-z]{6}$/),
      items[1].user_id,
    ]);
    expect(items[2]).toMatchObject({
      rating: -1,
      user_source: null,
      user_first_seen_at: null,
      segment: null,
    });
    const story = await get(`/sessions/${items[1].session_instance}`);
    expect(story.session).toMatchObject({ ended_by: 'end_call', rounds: 2 });
    expect(story.rounds.flatMap(({ requests }: { requests: object[] }) => requests)).toEqual([
      expect.objectContaining({ said: null }),
      expect.objectContaining({ said: null }),
    ]);
    expect((await get('/sessions/chat%20of%20bob')).rounds[0].requests[0].said.messages[0].content).toBe(
      'hello',
    );
  });

  it('is found no second time, and is somebody new when back', async () => {
    expect(await erase()).toMatchObject({ requests: 0, texts: 0, first_seen: false, index: 'kept' });
    await ask(ALICE, NAME, 'I am back');
    await expect.poll(async () => (await get('/sessions')).items.length, { timeout: 5_000 }).toBe(3);
    const [session] = (await get('/sessions')).items;
    expect(session).toMatchObject({ user_id: ALICE, session_id: NAME, rounds: 1 });
    expect(await erase()).toMatchObject({ requests: 1, texts: 1, first_seen: true });
  });
});

describe('an erasure that is cut off by kill -9', () => {
  it('is ended by the next start, wherever it was cut off, and loses nothing else', async () => {
    const EVENTS = 12_000;
    const { dataDir, remove } = await makeDataDir();
    const journal = join(dataDir, 'journal');
    mkdirSync(journal, { recursive: true });
    // Users of a crowd in several segments.
    for (let part = 0; part < 4; part += 1) {
      const pen = openSegmentPen(journal, 'journal', part + 1);
      const fromMs = Date.now() - (4 - part) * 60_000;
      writeCrowd(pen, { events: EVENTS / 4, seed: part + 1, fromMs, toMs: fromMs + 60_000 });
      pen.close();
    }
    const users = [7, 777].map((n) => userIn(journal, n));
    let sluice = await startChildSluice({ dataDir });
    expect(await indexed(sluice.admin)).toBe(EVENTS);
    for (const [n, user] of users.entries()) {
      const erasing = sluice.admin.call('DELETE', `/users/${user}/data`).catch(() => null);
      await expect.poll(() => existsSync(join(journal, 'erasing.json')), { interval: 1 }).toBe(true);
      await delay(n * 120);
      await sluice.kill();
      await erasing;
      sluice = await startChildSluice({ dataDir });
      await expect.poll(() => existsSync(join(journal, 'erasing.json')), { timeout: 20_000 }).toBe(false);
      expect(filesWith(journal, `"${user}"`)).toEqual([]);
      expect(await indexed(sluice.admin)).toBe(EVENTS);
    }
    await sluice.stop();
    await remove();
  }, 180_000);
});

/** The user of some request of the crowd. */
function userIn(journal: string, n: number): string {
  const text = readFileSync(join(journal, '00000002.journal'), 'latin1');
  const found = [...text.matchAll(/"(user_\d+)"/g)][n];
  return found?.[1] ?? '';
}
