import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../../src/app/server.ts';
import { createAsker } from '../support/asker.ts';
import { journalOf } from '../support/journal-events.ts';
import { ADMIN_KEY, makeDataDir } from '../support/sluice.ts';
import { startWorld, type World } from '../support/world.ts';

/** Two lives of one Sluice: the second finds what the first left in its data folder. */
let data: Awaited<ReturnType<typeof makeDataDir>>;
let world: World;
let second: Awaited<ReturnType<typeof live>> | null = null;
beforeEach(async () => {
  data = await makeDataDir();
  world = await startWorld({ server: { dataDir: data.dataDir } });
});
afterEach(async () => {
  await second?.close();
  second = null;
  await world.asker.close();
  await world.sim.close();
  await data.remove();
});

async function live() {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    dataDir: data.dataDir,
    configFile: null,
    allowedHosts: [],
    adminKey: ADMIN_KEY,
    secretKey: null,
    logLevel: 'silent',
  });
  const asker = createAsker(server.url, world.chatKey);
  return {
    asker,
    async close() {
      await asker.close();
      await server.close();
    },
  };
}

const say = (asker: World['asker'], more: object = {}) =>
  asker.ask({ door: 'chat', userId: 'alice', more: { session_id: 'chat-7', ...more } });
const history = (rounds: number) => ({
  messages: Array.from({ length: 2 * rounds - 1 }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: `text ${i}`,
  })),
});
const rounds = () =>
  journalOf(data.dataDir, 'request').map(({ round, session_instance }) => [round, session_instance]);

describe('a session of a client’s id', () => {
  it('goes on counting its rounds after a restart', async () => {
    await say(world.asker, history(1));
    await say(world.asker, history(2));
    await world.sluice.close();
    second = await live();
    await say(second.asker, history(2)); // the answer anew
    await say(second.asker, history(3));
    const [first] = rounds();
    const instance = first?.[1];
    expect(rounds()).toEqual([1, 2, 2, 3].map((round) => [round, instance]));
  });

  it('takes feedback and its end after a restart, from its own key', async () => {
    await say(world.asker);
    const other = await world.sluice.admin.must('POST', '/keys', { name: 'other', role: 'chat' });
    await world.sluice.close();
    second = await live();
    const { asker } = second;
    const post = (path: string, body: object, key: unknown = world.chatKey) =>
      asker.post(path, JSON.stringify(body), { authorization: `Bearer ${key}` });
    const verdict = { session_id: 'chat-7', task_completed: true };
    expect((await post('/v1/feedback', verdict, other.key)).status).toBe(404);
    expect((await post('/v1/feedback', verdict)).status).toBe(202);
    expect((await post('/v1/sessions/chat-7/end', { reason: 'completed' })).status).toBe(202);
    await say(asker);
    const [before, after] = rounds();
    const [feedback] = journalOf(data.dataDir, 'feedback');
    const [end] = journalOf(data.dataDir, 'session_end');
    expect([feedback?.session_instance, end?.session_instance]).toEqual([before?.[1], before?.[1]]);
    expect(after?.[1]).not.toBe(before?.[1]);
  });
});
