import { afterEach, describe, expect, it } from 'vitest';
import { addModels } from '../../../test/support/admin-rig.ts';
import { openPairsRig, type PairsRig, type PairsScene } from '../../../test/support/pairs-rig.ts';
import { reviewEvidence } from './evidence.ts';

let opened: PairsRig;
afterEach(() => opened.close());
const open = async (scene?: PairsScene): Promise<PairsRig> => {
  opened = await openPairsRig(scene);
  return opened;
};

describe('a batch side by side', () => {
  it('tells which model was preferred, and where the conversation was held', async () => {
    const { get, items, rate } = await open({ size: 10 });
    await opened.look();
    await rate((left) => (left === 'second of b' ? 'left' : left.startsWith('first') ? 'right' : 'same'));
    const result = await get('/result');
    expect(result).toMatchObject({ mode: 'side_by_side', models: [], items: 20, rated: 20 });
    const [preference] = result.preferences;
    const wins = preference.wins.map(({ pairs }: { pairs: number }) => pairs);
    expect(wins[0] + wins[1] + preference.same).toBe(20);
    expect(preference).toMatchObject({ id: 'preference', status: 'ok', pairs: 20, users: 20 });
    expect(preference.value).toBeCloseTo((wins[1] + preference.same / 2) / 20, 9);
    expect(preference.by_conversation).toMatchObject([
      { model_id: 'a', value: 1, pairs: 10 },
      { model_id: 'b', pairs: 10 },
    ]);
    const csv = (
      await opened.admin.app.inject({
        ...{ method: 'GET', url: '/admin/v1/reviews/r/ratings.csv' },
        headers: { authorization: 'Bearer the-admin-key-of-the-tests' },
      })
    ).body;
    const [head, ...lines] = csv
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    expect(head?.slice(1, 5)).toEqual(['request_id', 'model_id', 'left_model_id', 'right_model_id']);
    for (const line of lines) expect([line[3], line[4]].sort()).toEqual(['a', 'b']);
    expect(lines.length).toBe(items().length);
    const scope = { modelId: 'a', sinceMs: 0 };
    expect(reviewEvidence(opened.admin.control.core().door.state(), 'review_accuracy', scope)?.sums.n).toBe(
      0,
    );
  });

  it('refuses marks of another scale, and a pair that is not there yet', async () => {
    const { items, get } = await open({ size: 1 });
    const say = (mark: unknown, id = items()[0]?.id) =>
      opened.admin.call('POST', `/reviews/r/items/${id}`, { marks: { preference: mark } });
    expect(await say('left')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('second answer') },
    });
    await opened.look();
    expect((await say(true)).body.errors).toEqual([
      { path: 'marks.preference', message: 'must be left, right or same' },
    ]);
    expect((await say('same')).status).toBe(200);
    expect(await get('/next')).toMatchObject({ rated: 1, items: 2 });
  });

  it('is refused field by field', async () => {
    await open({ size: 1 });
    await addModels(opened.admin, 'c');
    await opened.admin.call('PATCH', '/models/c', { capture: 'off' });
    const faults = async (body: object) =>
      (
        (await opened.admin.call('POST', '/reviews', { id: 'x', sample_size: 1, ...body })).body.errors ?? []
      ).map(({ path }: { path: string }) => path);
    const yesNo = { id: 'q', text: 'Right?', scale: 'yes_no' };
    const pair = { mode: 'side_by_side', model_ids: ['a', 'b'] };
    expect(await faults({ ...pair, model_ids: ['a'], questions: [yesNo] })).toEqual([
      'questions[0].scale',
      'model_ids',
    ]);
    expect(
      await faults({ model_ids: ['a'], questions: [yesNo, { ...yesNo, id: 'p', scale: 'which' }] }),
    ).toEqual(['questions[1].scale']);
    expect(await faults({ ...pair, model_ids: ['a', 'c'] })).toEqual(['model_ids[1]']);
    expect(await faults({ ...pair, model_ids: ['a', 'nobody'] })).toEqual(['model_ids[1]']);
  });
});
