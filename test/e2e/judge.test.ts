import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sim/fault-rules.ts';
import { type SimServer, startModelServer } from '../../sim/model-server.ts';
import { type AdminClient, createAdminClient } from '../support/admin-client.ts';
import { createAsker } from '../support/asker.ts';
import { type ChildSluice, startChildSluice } from '../support/child-sluice.ts';
import { journalOf } from '../support/journal-events.ts';
import { ADMIN_KEY, makeDataDir, startSluice, type TestSluice } from '../support/sluice.ts';
import { modelInput } from '../support/world.ts';

const BOT = 'bot';
const JUDGE = 'judge-7b';
const ANSWER_MS = 15_000;

let sim: SimServer;
beforeAll(async () => {
  const models = [{ name: 'bot:7b' }, { name: 'judge:7b' }];
  sim = await startModelServer({ port: 0, models, speed: Number.POSITIVE_INFINITY });
});
afterEach(() => sim.setFaults([]));
afterAll(() => sim.close());

const judgeCalls = () => sim.requests.filter(({ model }) => model === 'judge:7b').length;
const failJudge = (rule: FaultRule) => sim.setFaults([{ ...rule, model: 'judge:7b' }]);

/** A bot for everyone, a judge beside it that is asked at once, and an intent without a rule. */
async function furnish(admin: AdminClient, judge: object = {}, capture = 'full'): Promise<void> {
  const bot = modelInput({ id: BOT, upstream: 'openai', url: sim.url, name: 'bot:7b' });
  await admin.must('POST', '/models', { ...bot, capture });
  await admin.must(
    'POST',
    '/models',
    modelInput({ id: JUDGE, upstream: 'ollama', url: sim.url, name: 'judge:7b' }),
  );
  await admin.must('POST', '/routes', {
    id: 'support',
    default: true,
    rules: [{ model_id: BOT, weight: 100 }],
  });
  await admin.must('PUT', '/intents', { intents: [{ name: 'orders', phrases: ['my order', '订单'] }] });
  await admin.must('PATCH', '/settings', { judge: { model_id: JUDGE, wait: '0s', ...judge } });
}

/** Asks as the user of a session of its own; the answer must come whatever becomes of the judge. */
async function talk(url: string, session: string, content = 'Where is my order?') {
  const asker = createAsker(url, ADMIN_KEY);
  const reply = await asker.ask({
    door: 'chat',
    userId: `u-${session}`,
    content,
    more: { session_id: session },
  });
  await asker.close();
  expect(reply.status).toBe(200);
  return String(reply.headers['x-request-id']);
}
const verdicts = (dataDir: string) =>
  journalOf(dataDir, 'judged').map(({ session_instance, reason }) => [session_instance, reason]);
const instances = (dataDir: string) => journalOf(dataDir, 'request').map((one) => one.session_instance);
const judged = (dataDir: string, count: number) =>
  expect.poll(() => verdicts(dataDir).length, { timeout: ANSWER_MS }).toBe(count);

/** What `/metrics` says of the judge, by series. */
async function figures(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('sluice_judge_'));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice('sluice_judge_'.length, line.lastIndexOf(' ')),
      Number(line.split(' ').at(-1)),
    ]),
  );
}

describe('a judge model', () => {
  let sluice: TestSluice;
  beforeAll(async () => {
    sluice = await startSluice();
    await furnish(sluice.admin);
  });
  afterAll(() => sluice.close());
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers without declaring their shape
  const get = async (path: string): Promise<any> => (await sluice.admin.call('GET', path)).json;

  it('decides where nobody else does; the session tells who decided and why', async () => {
    const requestId = await talk(sluice.url, 'plain');
    await talk(sluice.url, 'small-talk', 'Good morning');
    await judged(sluice.dataDir, 1);
    await expect
      .poll(async () => (await get('/sessions/plain')).session?.judged_by, { timeout: ANSWER_MS })
      .toBe('judge_model');
    const story = await get('/sessions/plain');
    const judgement = {
      task_completed: true,
      judged_by: 'judge_model',
      judge_model_id: JUDGE,
      judge_reason: 'done',
    };
    expect(story.session).toMatchObject({ intent: 'orders', ...judgement });
    expect(story.rounds[0].requests).toMatchObject([{ request_id: requestId, ...judgement }]);
    expect((await get('/sessions/small-talk')).session).toMatchObject({ intent: null, judged_by: null });
  });

  it('leaves no session, request or figure of its own', async () => {
    const { items } = await get('/requests');
    expect(items.map(({ model_id }: { model_id: string }) => model_id)).toEqual([BOT, BOT]);
    expect((await get('/sessions')).items).toHaveLength(2);
    const table = await get('/metrics/models?window=1h');
    expect(table.items.map(({ model_id }: { model_id: string }) => model_id)).toEqual([BOT]);
    const text = await (await fetch(`${sluice.url}/metrics`)).text();
    expect(text).not.toContain(`model_id="${JUDGE}",outcome`);
  });

  it('counts in the figure of its session’s model, until the client says otherwise', async () => {
    const end = (session: string) => {
      const headers = { 'x-api-key': ADMIN_KEY };
      return fetch(`${sluice.url}/v1/sessions/${session}/end`, {
        method: 'POST',
        headers,
        body: '{"reason":"completed"}',
      });
    };
    expect((await end('plain')).status).toBe(202);
    const figure = async () => (await get('/metrics/models?window=1h')).items[0]?.metrics.task_completion;
    await expect
      .poll(figure, { timeout: ANSWER_MS })
      .toEqual({ status: 'ok', value: 1, samples: 1, coverage: 1 });
    const body = JSON.stringify({ session_id: 'plain', task_completed: false });
    await fetch(`${sluice.url}/v1/feedback`, { method: 'POST', headers: { 'x-api-key': ADMIN_KEY }, body });
    await expect.poll(figure, { timeout: ANSWER_MS }).toMatchObject({ value: 0, samples: 1 });
    expect((await get('/sessions/plain')).session).toMatchObject({
      judged_by: 'feedback',
      judge_reason: 'done',
    });
  });

  it('that says no verdict twice leaves the session unjudged, and tells so', async () => {
    failJudge({ fault: 'chatter' });
    const before = judgeCalls();
    await talk(sluice.url, 'chatter', '我的订单到哪了？');
    await judged(sluice.dataDir, 2);
    expect(judgeCalls() - before).toBe(2);
    const told = { task_completed: null, judged_by: null, judge_reason: 'no_verdict' };
    await expect
      .poll(async () => (await get('/sessions/chatter')).session, { timeout: ANSWER_MS })
      .toMatchObject(told);
  });

  it('that says a verdict at the second time is believed', async () => {
    failJudge({ fault: 'chatter', count: 1 });
    await talk(sluice.url, 'second');
    await judged(sluice.dataDir, 3);
    expect(verdicts(sluice.dataDir).at(-1)?.[1]).toBe('done');
  });

  it('that is slow keeps nobody waiting, and is given up', async () => {
    await sluice.admin.must('PATCH', '/settings', { judge: { timeout: '1s' } });
    failJudge({ fault: 'hang' });
    const startMs = performance.now();
    for (const name of ['slow-1', 'slow-2', 'slow-3']) await talk(sluice.url, name);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    await judged(sluice.dataDir, 4);
    expect(verdicts(sluice.dataDir).at(-1)?.[1]).toBe('no_answer');
    sim.setFaults([]);
    await judged(sluice.dataDir, 6); // the others waited for it
    expect(await figures(sluice.url)).toMatchObject({
      'calls_total{outcome="timeout_first_byte"}': 2,
      'verdicts_total{reason="no_answer"}': 1,
      waiting: 0,
    });
  });

  it('that is down harms nobody, and goes on where another takes its place', async () => {
    const down = modelInput({ id: 'down', upstream: 'ollama', url: 'http://127.0.0.1:1', name: 'judge:7b' });
    await sluice.admin.must('POST', '/models', down);
    await sluice.admin.must('PATCH', '/settings', { judge: { model_id: 'down' } });
    for (const name of ['down-1', 'down-2']) await talk(sluice.url, name);
    await expect
      .poll(async () => (await figures(sluice.url))['calls_total{outcome="connection_refused"}'], {
        timeout: ANSWER_MS,
      })
      .toBeGreaterThan(0);
    await sluice.admin.must('PATCH', '/settings', { judge: { model_id: JUDGE } });
    await judged(sluice.dataDir, 8);
    expect(new Set(verdicts(sluice.dataDir).map(([session]) => session)).size).toBe(8);
    expect((await sluice.admin.call('DELETE', `/models/${JUDGE}`)).status).toBe(409);
  });

  it('is not called beyond the budget of the day', async () => {
    const { 'calls_total{outcome="ok"}': ok = 0, ...rest } = await figures(sluice.url);
    const made = Object.entries(rest).reduce(
      (sum, [name, n]) => sum + (name.startsWith('calls_total') ? n : 0),
      ok,
    );
    await sluice.admin.must('PATCH', '/settings', { judge: { daily_budget: made + 2 } });
    const before = judgeCalls();
    for (const name of ['b1', 'b2', 'b3', 'b4']) await talk(sluice.url, name);
    await expect
      .poll(async () => (await figures(sluice.url))['skipped_total{reason="budget"}'], { timeout: ANSWER_MS })
      .toBe(2);
    expect([judgeCalls() - before, (await figures(sluice.url)).budget_left]).toEqual([2, 0]);
    expect(verdicts(sluice.dataDir)).toHaveLength(10);
  });
});

describe('a judge model over a kill in the middle', { timeout: 60_000 }, () => {
  let data: Awaited<ReturnType<typeof makeDataDir>>;
  let child: ChildSluice;
  afterEach(async () => {
    await child.kill();
    await data.remove();
  });

  it.each([
    ['full', 3],
    ['derived', 0], // nobody kept what was said
  ])('judges each session once; with capture %s it takes over %i', async (capture, takenOver) => {
    data = await makeDataDir();
    child = await startChildSluice({ dataDir: data.dataDir });
    await furnish(child.admin, { daily_budget: 50 }, capture);
    await talk(child.url, 'before');
    await judged(data.dataDir, 1);
    failJudge({ fault: 'hang' });
    for (const name of ['one', 'two', 'three']) await talk(child.url, name);
    await expect.poll(() => journalOf(data.dataDir, 'derived').length, { timeout: ANSWER_MS }).toBe(4);
    await child.kill();
    sim.setFaults([]);
    const before = judgeCalls();

    child = await startChildSluice({ dataDir: data.dataDir });
    await talk(child.url, 'after');
    await judged(data.dataDir, 1 + takenOver + 1);
    const sessions = verdicts(data.dataDir).map(([session]) => session);
    expect(new Set(sessions).size).toBe(sessions.length);
    expect(instances(data.dataDir)).toEqual(expect.arrayContaining(sessions));
    expect(judgeCalls() - before).toBe(takenOver + 1);
    // The first process made two calls: one was answered, one hung.
    expect((await figures(child.url)).budget_left).toBe(50 - 2 - (takenOver + 1));
  });
});

it('is not told of what a model’s capture keeps off', async () => {
  const { url, dataDir, admin, close } = await startSluice();
  await furnish(createAdminClient(url, ADMIN_KEY), {}, 'off');
  const before = judgeCalls();
  await talk(url, 'off');
  await admin.must('PATCH', `/models/${BOT}`, { capture: 'derived' });
  await talk(url, 'on');
  await judged(dataDir, 1);
  expect(judgeCalls() - before).toBe(1);
  expect(verdicts(dataDir)[0]?.[0]).toBe(instances(dataDir)[1]);
  expect(JSON.stringify(journalOf(dataDir, 'judged'))).not.toContain('order');
  await close();
});
