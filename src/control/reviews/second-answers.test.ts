import { afterEach, describe, expect, it } from 'vitest';
import { SAID } from '../../../test/support/fake-event-store.ts';
import { openPairsRig, type PairsRig, type PairsScene } from '../../../test/support/pairs-rig.ts';
import type { Completion } from '../../ports/model-client.ts';
import { withdrawUser } from './withdraw.ts';

const DEAD: Completion = { ok: false, errorClass: 'connection_refused', message: 'nobody listens' };
let opened: PairsRig;
afterEach(() => opened.close());
const open = async (scene?: PairsScene): Promise<PairsRig> => {
  opened = await openPairsRig(scene);
  return opened;
};

describe('a question put to the other model', () => {
  it('is put as it was put to the first, and both answers are shown without a name', async () => {
    const { world, texts, get, items } = await open();
    expect(await get()).toMatchObject({ pairs: { waiting: 4, ready: 0 }, items: 4 });
    expect(await get('/next')).toMatchObject({ item: null, because: '4 second answers are being made' });
    await opened.look();
    expect(await get()).toMatchObject({ pairs: { waiting: 0, ready: 4, failed: 0, held_up: null } });
    expect(world.asked.map(([id]) => id).sort()).toEqual(['a', 'a', 'b', 'b']);
    const talk = [...SAID.messages, { role: 'assistant', content: 'an earlier answer' }, ...SAID.messages];
    for (const [, said] of world.asked) expect(said).toEqual(talk);
    const { item } = await get('/next');
    expect(item).toMatchObject({ conversation: talk, answer: null, is_cut: false });
    const own = items().find(({ id }) => id === item.id);
    const answers = [`first ${own?.request_id.slice(4)}`, `second of ${own?.model_id === 'a' ? 'b' : 'a'}`];
    const isOwnLeft = own?.second?.left === own?.model_id;
    expect([item.answers.left, item.answers.right]).toEqual(isOwnLeft ? answers : answers.toReversed());
    expect(Array.from(texts.values(), ({ user_id }) => user_id).sort()).toEqual(
      [0, 1, 2, 3].map((n) => `user ${n}`),
    );
  });

  it('is one of two at a time, each model on the left about as often', async () => {
    const { world, items } = await open({ size: 100 });
    await opened.look();
    expect([world.most, world.asked.length]).toEqual([2, 200]);
    const left = items().filter(({ second }) => second?.left === 'a').length;
    expect(left).toBeGreaterThan(60);
    expect(left).toBeLessThan(140);
  });

  it('is left out where it is not known as it was, which is counted', async () => {
    const TEXTS = [null, { is_cut: true }, { before: null }, { before: 7 }];
    const { get } = await open({
      textOf: (n) => TEXTS[n] ?? null,
    });
    await opened.look();
    const { pairs, items } = await get();
    expect([pairs.failed, items]).toEqual([4, 0]);
    expect(pairs.failures.map(({ because }: { because: string }) => because).sort()).toEqual([
      'history_unknown',
      'more_than_text',
      'text_cut',
      'text_gone',
    ]);
    expect((await get('/next')).because).toContain('no question could be put to the other model');
  });

  it('is put twice at most, with a pause, and then given up by the class of its error', async () => {
    const { clock, troubles, get, world } = await open({
      size: 1,
      answer: (id) => (id === 'b' ? DEAD : { ok: true, text: '' }),
    });
    await opened.look();
    await opened.look();
    expect([world.asked.length, (await get()).pairs.waiting]).toEqual([2, 2]);
    clock.at += 1_000;
    await opened.look();
    expect((await get()).pairs).toMatchObject({ waiting: 0, ready: 0, failed: 2 });
    expect((await get()).pairs.failures.map(({ because }: { because: string }) => because).sort()).toEqual([
      'connection_refused',
      'invalid_response',
    ]);
    expect(troubles.sort()).toEqual([
      'second answers of "a" cannot be made: the answer is empty',
      'second answers of "b" cannot be made: nobody listens',
    ]);
  });

  it('waits while the model is disabled, its texts are not kept, or its breaker is not closed', async () => {
    const { get, world } = await open({ size: 1 });
    for (const id of ['a', 'b']) await opened.admin.call('PATCH', `/models/${id}`, { enabled: false });
    await opened.look();
    expect([world.asked, (await get()).pairs.held_up]).toEqual([[], expect.stringContaining('is disabled')]);
    await opened.admin.call('PATCH', '/models/a', { enabled: true });
    await opened.admin.call('POST', '/breakers/a/open');
    await opened.admin.call('PATCH', '/models/b', { enabled: true, capture: 'derived' });
    await opened.look();
    const { because } = await get('/next');
    expect(because).toMatch(/^2 second answers are to be made: .*the breaker of "a" is not closed/);
    expect(because).toContain('capture of "b" is not "full"');
    await opened.admin.call('POST', '/breakers/a/close');
    await opened.admin.call('PATCH', '/models/b', { capture: 'full' });
    await opened.look();
    expect((await get()).pairs.ready).toBe(2);
  });

  it('waits for the index, and goes on where an earlier process ended', async () => {
    const { world, get, troubles } = await open();
    world.hasIndex = false;
    await opened.look();
    expect([(await get()).pairs.waiting, world.asked, troubles]).toEqual([4, [], []]);
    opened.stop();
    world.hasIndex = true;
    opened.restart();
    await opened.look();
    expect((await get()).pairs.ready).toBe(4);
  });

  it('writes nothing once it is closed, or where no text can be kept', async () => {
    const full = await open({ size: 1, keepsTexts: false });
    await opened.look();
    expect((await full.get()).pairs.failures).toEqual([{ because: 'not_kept', pairs: 2 }]);
    await opened.close();
    const { get, texts } = await open({
      size: 1,
      answer: () => {
        opened.stop();
        return { ok: true, text: 'too late' };
      },
    });
    await opened.look();
    expect([(await get()).pairs.waiting, texts.size]).toEqual([2, 0]);
  });

  it.each(['during', 'before its end'] as const)(
    'leaves nothing of a user who is erased %s',
    async (when) => {
      const { texts, items } = await open({
        answer: async (_, call) => {
          const core = opened.admin.control.core();
          if (call === 1) core.reviewDesk.beginErasure('user 0');
          if (call === 1 && when === 'before its end') await withdrawUser(core, 'user 0');
          return { ok: true, text: 'heard' };
        },
      });
      await opened.look();
      if (when === 'during') await withdrawUser(opened.admin.control.core(), 'user 0');
      expect(Array.from(texts.values(), ({ user_id }) => user_id).sort()).toEqual([
        'user 1',
        'user 2',
        'user 3',
      ]);
      expect(items().map(({ second }) => second?.state)).toEqual(['ready', 'ready', 'ready']);
    },
  );
});
