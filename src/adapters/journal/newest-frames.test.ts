import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JournalRig, put, startJournalRig } from '../../../test/support/journal-rig.ts';
import type { FeedbackRecord } from '../../contract/event.ts';
import { newestFrames } from './newest-frames.ts';

let rig: JournalRig;
beforeEach(() => {
  rig = startJournalRig();
});
afterEach(() => rig.close());

function comments(pageBytes: number, maxBytes = Number.MAX_SAFE_INTEGER): (string | null)[] {
  const pages = [...newestFrames({ folder: rig.folder, maxBytes, pageBytes })];
  return pages.flat().map(({ record }) => (record as FeedbackRecord).comment);
}

describe('newestFrames', () => {
  it('finds nothing where nothing is', () => {
    expect(comments(100)).toEqual([]);
  });

  it('gives every frame once, the newest first, however it is cut into pages', async () => {
    const said: string[] = [];
    for (let start = 0; start < 3; start += 1) {
      const journal = rig.open(); // a segment of its own
      for (let i = 0; i < 20; i += 1) {
        said.push(`${start}/${i}${'x'.repeat((i * 37) % 300)}`);
        put(journal, said.at(-1) ?? '');
      }
      rig.endTurn();
      await journal.close();
    }
    const expected = said.toReversed();
    const property = fc.property(fc.integer({ min: 16, max: 9_000 }), (pageBytes) => {
      expect(comments(pageBytes)).toEqual(expected);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('goes no further back than it is asked to', () => {
    const journal = rig.open();
    for (let i = 0; i < 100; i += 1) put(journal, String(i));
    rig.endTurn();
    const found = comments(200, 1_000);
    expect(found[0]).toBe('99');
    expect(found.length).toBeGreaterThan(10);
    expect(found.length).toBeLessThan(40);
  });

  it('passes damage', async () => {
    const journal = rig.open();
    for (let i = 0; i < 30; i += 1) put(journal, `no ${i}`);
    rig.endTurn();
    await journal.close();
    const [name = ''] = readdirSync(rig.folder);
    const bytes = readFileSync(join(rig.folder, name));
    bytes.fill(0xff, bytes.indexOf('no 15'), bytes.indexOf('no 15') + 3);
    writeFileSync(join(rig.folder, name), bytes);
    const found = comments(150);
    expect(found).toHaveLength(29);
    expect(found).not.toContain('no 15');
  });
});
