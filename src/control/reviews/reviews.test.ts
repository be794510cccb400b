import { afterEach, expect, it } from 'vitest';
import { type AdminRig, addModels, openAdminRig, START_MS } from '../../../test/support/admin-rig.ts';
import { fakeEventStore, ROW, SAID, SESSION } from '../../../test/support/fake-event-store.ts';

const MINUTE_MS = 60_000;
let rig: AdminRig;
afterEach(() => rig.close());

/** So many answers, of which the texts of some are gone, with a clock that a test sets. */
async function open(answers: number, isGone: (n: number) => boolean = () => false) {
  const clock = { nowMs: () => clock.at, monotonicMs: () => 0, at: START_MS };
  const rows = Array.from({ length: answers }, (_, n) => ({
    ...ROW,
    request_id: `req_${n}`,
    session_instance: `ses_${n}`,
    user_id: `user ${n}`,
  }));
  const store = {
    ...fakeEventStore(),
    drawAnswers: async () => ({ answers, withText: answers, drawn: rows }),
    session: async (id: string) => {
      const n = Number(id.slice(4));
      const earlier = { ...SAID, request_id: 'req_before', answer: 'an earlier answer' };
      const said = isGone(n) ? [] : [earlier, { ...SAID, request_id: `req_${n}` }];
      return { session: SESSION, requests: [], said };
    },
  };
  rig = await openAdminRig({ clock, answers: () => store });
  await addModels(rig, 'a');
  const bob = (await rig.call('POST', '/keys', { name: 'bob', role: 'analyst' })).body.key;
  const made = await rig.call('POST', '/reviews', { id: 'r', model_ids: ['a'], sample_size: answers });
  expect(made.status).toBe(201);
  const asBob = { authorization: `Bearer ${bob}` };
  return {
    clock,
    next: async (headers?: Record<string, string>) =>
      (await rig.call('GET', '/reviews/r/next', undefined, headers)).body,
    say: (item: string, body: object, headers?: Record<string, string>) =>
      rig.call('POST', `/reviews/r/items/${item}`, body, headers),
    asBob,
  };
}

it('shows what was said before the answer, and the answer apart', async () => {
  const { next } = await open(1);
  expect((await next()).item).toMatchObject({
    conversation: [...SAID.messages, { role: 'assistant', content: 'an earlier answer' }, ...SAID.messages],
    answer: SAID.answer,
    is_cut: false,
  });
});

it('keeps an answer for who got it until the reservation ends', async () => {
  const { next, say, asBob, clock } = await open(1);
  const { item } = await next();
  expect(item.reserved_until).toBe(new Date(START_MS + 15 * MINUTE_MS).toISOString());
  expect(await next(asBob)).toMatchObject({
    item: null,
    because: expect.stringContaining('kept for other reviewers'),
  });
  clock.at += 15 * MINUTE_MS;
  expect((await next(asBob)).item.id).toBe(item.id);
  expect((await say(item.id, { skip: true })).body.detail).toContain('kept for another reviewer');
  expect((await say(item.id, { skip: true }, asBob)).status).toBe(200);
  expect(await next(asBob)).toMatchObject({
    item: null,
    because: expect.stringContaining('passed over every answer'),
  });
  expect((await next()).item.id).toBe(item.id);
});

it('passes over answers whose texts are gone, more of them with each call, and says when none is left', async () => {
  const { next } = await open(50, () => true);
  for (const gone of [20, 40, 50, 50]) {
    expect(await next()).toMatchObject({
      item: null,
      because: expect.stringContaining(`${gone} of the answers`),
    });
  }
});

it('finds the one that is left among many that are gone', async () => {
  const { next, say } = await open(30, (n) => n !== 7);
  const found = [await next(), await next()].find(({ item }) => item !== null);
  expect(found.item.answer).toBe(SAID.answer);
  await say(found.item.id, { marks: { accuracy: true, instruction_following: true, redundancy: false } });
  expect((await rig.call('GET', '/reviews/r/result')).body.models[0]).toMatchObject({ items: 30, rated: 1 });
});

it('notes whose arm an answer was given in, where arm, model and user are sure', async () => {
  const inJune = { ...ROW, experiment: 'june', arm: 'treatment', assigned_model_id: 'a', model_id: 'a' };
  const rows = [
    inJune,
    { ...inJune, user_source: 'api_key' as const },
    { ...inJune, assigned_model_id: 'b' },
    { ...inJune, experiment: null, arm: null },
  ].map((row, n) => ({ ...row, request_id: `req_${n}` }));
  const store = { ...fakeEventStore(), drawAnswers: async () => ({ answers: 4, withText: 4, drawn: rows }) };
  rig = await openAdminRig({ answers: () => store });
  await addModels(rig, 'a');
  await rig.call('POST', '/reviews', { id: 'r', model_ids: ['a'], sample_size: 4 });
  const items = rig.control.core().door.state().reviews.get('r')?.document.items ?? [];
  expect(items.map(({ request_id, exposure }) => [request_id, exposure]).sort()).toEqual([
    ['req_0', { experiment: 'june', arm: 'treatment' }],
    ['req_1', undefined],
    ['req_2', undefined],
    ['req_3', undefined],
  ]);
});
