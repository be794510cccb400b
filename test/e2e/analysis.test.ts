import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../support/parse-csv.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';

const USERS = 20;
const FORMULA = '=HYPERLINK("http://evil","x")';

let world: World;
beforeAll(async () => {
  world = await startWorld({ model: { capture: 'full' } });
  for (let i = 0; i < USERS; i++) {
    await world.asker.ask({
      door: 'chat',
      userId: i === 0 ? FORMULA : `user-${i}`,
      content: `你好, "friend" ${i}`,
      stream: i % 2 === 0,
    });
  }
  await world.asker.ask({ door: 'chat', userId: 'user-1', more: { model_id: 'nobody' } });
  await indexed(USERS + 1);
}, 60_000);
afterAll(() => world.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look at answers without declaring their shape
const get = (path: string): Promise<any> => world.sluice.admin.must('GET', path);
const download = async (path: string, key = world.sluice.adminKey) => {
  const answer = await fetch(`${world.sluice.url}/admin/v1${path}`, { headers: { 'x-api-key': key } });
  // `text()` would take the BOM away.
  return { status: answer.status, text: Buffer.from(await answer.arrayBuffer()).toString() };
};

/** Waits until the index, which follows the journal, has so many requests; it may be starting still. */
async function indexed(count: number): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    const { status, json } = await world.sluice.admin.call('GET', '/requests?limit=500');
    if (status === 200 && (json.items as unknown[]).length === count) return;
    await delay(200);
  }
  throw new Error(`the index never had ${count} requests`);
}

describe('the record of requests', () => {
  it('tells every model what it did', async () => {
    const { items } = await get('/metrics/models?window=5m');
    const of = (id: string) => items.find((one: { model_id: string }) => one.model_id === id);
    expect((of(STABLE)?.attempts ?? 0) + (of(CANDIDATE)?.attempts ?? 0)).toBe(USERS);
    expect(of(STABLE)).toMatchObject({
      errors: {},
      metrics: {
        error_rate: { status: 'ok', value: 0, samples: of(STABLE)?.attempts },
        latency_p95: { status: 'ok', samples: of(STABLE)?.attempts },
        completion_rate: { status: 'no_data' },
      },
    });
  });

  it('has a series whose samples are all requests', async () => {
    const { items } = await get('/metrics/series?metric=latency_mean&window=1h&step=1m');
    const points: { samples: number }[] = items.flatMap((line: { points: object[] }) => line.points);
    expect(points.reduce((sum, { samples }) => sum + samples, 0)).toBe(USERS);
  });

  it('goes page by page through all requests, each once', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages++) {
      const page = await get(`/requests?limit=4${cursor}`);
      seen.push(...page.items.map(({ request_id }: { request_id: string }) => request_id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([USERS + 1, USERS + 1]);
  });

  it('opens a session with what was said, and hides it from a viewer', async () => {
    const { items } = await get(`/sessions?user_id=${encodeURIComponent(FORMULA)}`);
    const path = `/sessions/${items[0].session_instance}`;
    expect(await get(path)).toMatchObject({
      texts: 'shown',
      session: { rounds: 1, completed: null },
      rounds: [{ requests: [{ said: { messages: [{ role: 'user', content: '你好, "friend" 0' }] } }] }],
    });
    const { key } = await world.sluice.admin.must('POST', '/keys', { name: 'v', role: 'viewer' });
    const hidden = await download(path, String(key));
    expect([hidden.status, hidden.text.includes('friend')]).toEqual([200, false]);
    expect((await download('/export/requests.csv?text=true', String(key))).status).toBe(403);
  });

  it('finds what was refused by its class', async () => {
    const { items } = await get('/errors?class=bad_request');
    expect(items).toMatchObject([
      { outcome: 'refused', status: 404, message: expect.stringContaining('nobody') },
    ]);
    expect((await get('/errors')).items).toEqual([]);
  });

  it('goes home as CSV, in which no cell starts a formula', async () => {
    const { text } = await download('/export/requests.csv?text=true');
    const [head = [], ...rows] = parseCsv(text);
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(rows).toHaveLength(USERS + 1);
    expect(column('user_id')[0]).toBe(`'${FORMULA}`);
    expect(column('messages')[0]).toBe('user: 你好, "friend" 0');
    expect(column('time')).toEqual(column('time').toSorted());
    const [, ...sessions] = parseCsv((await download('/export/sessions.csv')).text);
    expect(sessions).toHaveLength(new Set(column('session_instance').filter((id) => id !== '')).size);
  });

  it('warns of nobody who asks so little', async () => {
    expect((await get('/warnings')).items).toEqual([]);
  });
});
