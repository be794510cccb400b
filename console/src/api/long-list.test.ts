import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLongList, type ListPage } from './long-list.ts';

const PAGE = 200;

/** A server of so many rows, each its own number; it counts what it is asked. */
function serverOf(rows: number) {
  const asked: string[] = [];
  const pageAt = (from: number): ListPage<number> => {
    const to = Math.min(rows, from + PAGE);
    const items = Array.from({ length: to - from }, (_, at) => from + at);
    return { items, next_cursor: to === rows ? null : String(to) };
  };
  const read = async (cursor: string): Promise<ListPage<number>> => {
    asked.push(cursor);
    return pageAt(Number(cursor));
  };
  return { asked, read, beginning: pageAt(0) };
}

/** Until nothing more is on its way. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function walkTo(list: ReturnType<typeof createLongList<number>>, rows: number): Promise<void> {
  for (let at = 0; at < rows; at += PAGE / 2) {
    list.look(at, at + 30);
    await settle();
  }
}

it('grows as it is looked at, and knows its end', async () => {
  const { read, beginning } = serverOf(450);
  const list = createLongList(beginning, read);
  expect([list.count(), list.isWhole()]).toEqual([200, false]);
  list.look(150, 180);
  await settle();
  expect([list.count(), list.isWhole()]).toEqual([400, false]);
  list.look(350, 380);
  await settle();
  expect([list.count(), list.isWhole(), list.row(449), list.row(450)]).toEqual([450, true, 449, undefined]);
});

it('keeps what is near and forgets what is far, but never the beginning', async () => {
  const { read, beginning } = serverOf(10_000);
  const list = createLongList(beginning, read);
  await walkTo(list, 9_000);
  const kept = Array.from({ length: list.count() }, (_, at) => list.row(at)).filter(
    (row) => row !== undefined,
  );
  expect(list.count()).toBeGreaterThan(8_900);
  expect(kept.length).toBeLessThan(3_000);
  expect([list.row(0), list.row(4_000), list.row(8_900)]).toEqual([0, undefined, 8_900]);
});

it('shows any place again that somebody goes back to, each row at its own', async () => {
  const { read, beginning } = serverOf(3_000);
  const places = fc.array(fc.integer({ min: 0, max: 2_900 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(places, async (firsts) => {
      const list = createLongList(beginning, read);
      await walkTo(list, 3_000);
      for (const first of firsts) {
        list.look(first, first + 30);
        await settle();
        for (let at = first; at < first + 30; at += 1) expect(list.row(at)).toBe(at);
      }
    }),
    { numRuns: 20 },
  );
});

it('tells of every change, and asks again at the next look where a read failed', async () => {
  const { read, beginning, asked } = serverOf(600);
  let isDown = true;
  const list = createLongList(beginning, (cursor) =>
    isDown ? Promise.reject(new Error('down')) : read(cursor),
  );
  const revisions: number[] = [];
  const stop = list.subscribe(() => revisions.push(list.revision()));
  list.look(190, 220);
  await settle();
  expect([asked, list.count(), revisions]).toEqual([[], 200, []]);
  isDown = false;
  list.look(190, 220);
  await settle();
  expect([asked, list.count(), revisions]).toEqual([['200'], 400, [1]]);
  stop();
  list.look(390, 420);
  await settle();
  expect([list.count(), revisions]).toEqual([600, [1]]);
});
