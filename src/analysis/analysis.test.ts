import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type AdminRig, openAdminRig, START_MS } from '../../test/support/admin-rig.ts';
import { NO_EXPERIMENTS } from '../../test/support/experiment-reports.ts';
import { type FakeEventStore, fakeEventStore } from '../../test/support/fake-event-store.ts';
import { parseCsv } from '../../test/support/parse-csv.ts';
import { ANALYSIS_OPERATIONS } from '../contract/analysis-operations.ts';
import type { Operation } from '../contract/operations.ts';
import { validate } from '../contract/validate.ts';
import { createAnalysis } from './analysis.ts';

const NOW_MS = START_MS + 86_400_000;
const clock = { nowMs: () => NOW_MS, monotonicMs: () => 0 };

const NO_USER_DATA = { erase: () => Promise.reject(new Error('nobody is erased here')) };

let store: FakeEventStore;
let rig: AdminRig;
async function open(options: Parameters<typeof fakeEventStore>[0] = {}): Promise<void> {
  store = fakeEventStore(options);
  rig = await openAdminRig(
    {},
    createAnalysis({
      store,
      userData: NO_USER_DATA,
      clock,
      idleMs: () => 900_000,
      modelWarnings: () => [],
      models: () => new Map(),
      experiments: NO_EXPERIMENTS,
    }),
  );
}
beforeEach(() => open());
afterEach(async () => {
  expect(rig.internalErrors).toEqual([]);
  await rig.close();
});

const get = async (path: string) => (await rig.call('GET', path)).body;
const raw = (path: string, key = ADMIN_KEY) =>
  rig.app.inject({ url: `/admin/v1${path}`, headers: { authorization: `Bearer ${key}` } });
const keyOf = async (role: string) => (await rig.call('POST', '/keys', { name: role, role })).body.key;
const as = async (role: string, path: string) => (await raw(path, await keyOf(role))).json();

describe('answers', () => {
  it.each<[keyof typeof ANALYSIS_OPERATIONS, string]>([
    ['metrics.models', '/metrics/models?window=5m'],
    ['metrics.series', '/metrics/series?metric=error_rate'],
    ['requests.list', '/requests'],
    ['sessions.list', '/sessions'],
    ['sessions.get', '/sessions/ses_1'],
    ['errors.list', '/errors?class=upstream_5xx&q=parsing'],
    ['warnings.list', '/warnings'],
    ['index.get', '/index'],
  ])('%s is what its schema says', async (id, path) => {
    const { status, body } = await rig.call('GET', path);
    expect([status, validate((ANALYSIS_OPERATIONS[id] as Operation).answer, body)]).toEqual([
      200,
      { ok: true, value: body },
    ]);
  });

  it('tell figures with what they rest on, and no figure as such', async () => {
    const table = await get('/metrics/models');
    expect(table).toMatchObject({ from: '2025-06-01T23:55:00.000Z', to: '2025-06-02T00:00:00.000Z' });
    expect(table.items[0].metrics).toMatchObject({
      error_rate: { status: 'ok', value: 0.2, samples: 5 },
      ttft_p95: { status: 'no_data' },
      follow_up_rate: { status: 'no_data' },
    });
    expect(table.items[0]).toMatchObject({ attempts: 10, closed_sessions: 4, mixed_sessions: 2 });
  });

  it('leave steps without data out of a series, and choose a step that fits', async () => {
    const series = await get('/metrics/series?metric=latency_p95&from=2025-05-01&to=2025-06-01');
    expect(series.step).toBe('3h');
    expect(series.items).toEqual([
      { model_id: 'b', points: [{ time: '2025-05-01T00:00:00.000Z', value: 40, samples: 4 }] },
    ]);
    expect((await get('/metrics/series?metric=ttft_p95')).items[0].points).toEqual([]);
  });

  it('go from page to page by a cursor that fits no other list', async () => {
    const first = await get('/requests?limit=1');
    const cursor = encodeURIComponent(first.next_cursor);
    expect((await get(`/requests?cursor=${cursor}`)).next_cursor).toBe(null);
    const wrong = await rig.call('GET', `/sessions?cursor=${cursor}`);
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'cursor']);
  });

  it('hand every condition to the index', async () => {
    await get(
      '/requests?model_id=a&assigned_model_id=b&user_id=u&session_id=s&request_id=r&outcome=ok&window=1h',
    );
    expect(store.asked()).toMatchObject({
      modelId: 'a',
      assignedModelId: 'b',
      userId: 'u',
      sessionId: 's',
      requestId: 'r',
      outcome: 'ok',
      fromMs: NOW_MS - 3_600_000,
      toMs: NOW_MS,
    });
    await get('/errors?q=x');
    expect(store.asked()).toMatchObject({ onlyFailures: true, message: 'x', errorClasses: null });
    await get('/errors?class=bad_request');
    expect(store.asked()).toMatchObject({ onlyFailures: true, errorClasses: ['bad_request'] });
  });
});

describe('refusals', () => {
  it.each([
    ['/metrics/models?window=5', 'window'],
    ['/metrics/models?window=5m&from=2025-01-01', 'window'],
    ['/requests?from=yesterday', 'from'],
    ['/requests?from=2025-06-01&to=2025-06-01', 'from'],
    ['/requests?limit=501', 'limit'],
    ['/requests?modelid=x', 'modelid'],
    ['/requests?cursor=abc', 'cursor'],
    ['/metrics/series', 'metric'],
    ['/metrics/series?metric=speed', 'metric'],
    ['/metrics/series?metric=rating&window=30d&step=1s', 'step'],
    ['/errors?class=oops', 'class'],
    ['/export/requests.csv?part=2', 'part'],
    ['/export/requests.csv?split=5', 'split'],
  ])('of %s name %s', async (path, field) => {
    const { status, body } = await rig.call('GET', path);
    expect([status, body.type, body.errors[0].path]).toEqual([400, 'urn:sluice:invalid', field]);
  });

  it('of a session that is not there are 404', async () => {
    expect((await rig.call('GET', '/sessions/nope')).status).toBe(404);
  });

  it('are 503 with Retry-After while the index cannot answer, exports included', async () => {
    await rig.close();
    await open({ unavailable: true });
    for (const path of ['/metrics/models', '/requests', '/export/requests.csv', '/warnings']) {
      const { status, headers, body } = await rig.call('GET', path);
      expect([status, headers['retry-after'], body.type]).toEqual([503, '1', 'urn:sluice:unavailable']);
      expect(body.detail).toContain('rebuilt');
    }
  });
});

describe('texts', () => {
  it('are hidden from a viewer everywhere', async () => {
    const story = await as('viewer', '/sessions/ses_1');
    expect([story.texts, story.rounds[0].requests[0].said]).toEqual(['hidden', null]);
    const answers = [story, await as('viewer', '/requests'), await as('viewer', '/errors')];
    expect(JSON.stringify(answers)).not.toContain('diary');
    expect((await as('viewer', '/errors?q=diary')).items).toEqual([]);
    expect((await raw('/export/requests.csv', await keyOf('viewer'))).body).not.toContain('diary');
    const refused = await raw('/export/requests.csv?text=true', await keyOf('viewer'));
    expect([refused.statusCode, refused.json().type]).toEqual([403, 'urn:sluice:forbidden']);
  });

  it('are shown to an analyst', async () => {
    const story = await as('analyst', '/sessions/ses_1');
    expect(story).toMatchObject({
      texts: 'shown',
      rounds: [{ round: 1, requests: [{ said: { answer: 'a secret answer' } }] }],
    });
    expect((await as('analyst', '/errors?q=DIARY')).items).toHaveLength(1);
    const { body } = await raw('/export/requests.csv?text=true', await keyOf('analyst'));
    expect(parseCsv(body)[1]).toContain('user: the diary of Anne');
  });
});

describe('an export', () => {
  it('is a CSV whose first columns are those of the contract', async () => {
    const { headers, body } = await raw('/export/requests.csv');
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="requests.csv"',
    });
    const [head = [], ...rows] = parseCsv(body);
    expect(head.slice(0, 21).join()).toBe(
      'time,request_id,session_id,user_id,model_id,assigned_model_id,route_id,reason,fallback,status,outcome,error_class,latency_ms,ttft_ms,prompt_tokens,completion_tokens,finish_reason,round,is_follow_up,task_completed,config_version',
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]?.slice(0, 4)).toEqual(['2025-06-01T00:00:00.000Z', 'req_1', 'ses_1', "'=cmd"]);
    expect(store.asked()).toMatchObject({ fromMs: 0, toMs: NOW_MS });
    const sessions = parseCsv((await raw('/export/sessions.csv')).body);
    expect(sessions[0]?.slice(0, 13).join()).toBe(
      'session_id,user_id,model_id,route_id,started_at,stay_ms,rounds,completed,abandoned,follow_ups,task_completed,errors,latency_mean_ms',
    );
    expect(sessions[1]?.slice(4, 8)).toEqual(['2025-06-01T00:00:00.000Z', '30000', '2', '']);
  });

  it('of nothing is a head', async () => {
    await rig.close();
    await open({ rows: 0 });
    expect(parseCsv((await raw('/export/requests.csv')).body)).toHaveLength(1);
  });

  it('is cut into files that name their next one, over one and the same range', async () => {
    await rig.close();
    await open({ rows: 3_500 });
    const sizes: number[] = [];
    let path: string | undefined = '?split=1500&model_id=b%26c&window=1d';
    while (path !== undefined) {
      const answer = await raw(`/export/requests.csv${path}`);
      if (answer.statusCode === 404) break;
      sizes.push(parseCsv(answer.body).length - 1);
      path = /^<(\?[^>]+)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
      expect(store.asked()).toMatchObject({ modelId: 'b&c', fromMs: START_MS, toMs: NOW_MS });
    }
    expect(sizes).toEqual([1_500, 1_500, 500]);
  });

  it('is in the audit, with who and what; a refused one is not', async () => {
    await raw('/export/requests.csv?text=true&model_id=b');
    await raw('/export/requests.csv?part=1');
    const { items } = await get('/audit');
    expect(items.filter(({ action }: { action: string }) => action.startsWith('export'))).toMatchObject([
      {
        action: 'export.requests',
        resource: 'export/requests.csv',
        actor: 'admin',
        after: { text: true, model_id: 'b' },
      },
    ]);
  });

  it('breaks the connection when the index dies, so that half a file never looks whole', async () => {
    await rig.close();
    await open({ rows: 50_000, diesAfter: 5 });
    const url = await rig.app.listen({ host: '127.0.0.1', port: 0 });
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const answer = await fetch(`${url}/admin/v1/export/requests.csv`, { headers });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it('waits for a slow reader, and ends when the reader leaves', async () => {
    await rig.close();
    await open({ rows: 2_000_000 });
    const url = await rig.app.listen({ host: '127.0.0.1', port: 0 });
    const leaving = new AbortController();
    const answer = await fetch(`${url}/admin/v1/export/requests.csv`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      signal: leaving.signal,
    });
    const reader = answer.body?.getReader();
    await reader?.read();
    let before = -1;
    // Sockets have buffers of some megabytes; when they are full nothing more may be made.
    while (before !== store.made()) {
      before = store.made();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(before).toBeLessThan(100);
    leaving.abort();
    await expect.poll(() => store.stopped()).toBe(true);
    expect(store.made()).toBeLessThan(110);
  });
});
