import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSegmentPen, writeCrowd } from '../../../test/support/written-events.ts';
import { createJsonList } from './json-list.ts';
import { openPageReader } from './page-reader.ts';
import { isSamePlace, JOURNAL_START, readRawPage } from './reader.ts';
import { frameOf } from './searched-page.ts';
import { payloadText } from './segment.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-pages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SAID = { messages: [{ role: 'user', content: 'Hi' }], answer: '', thinking: null, is_cut: false };
const OF = { time_ms: 1, request_id: 'req_1', user_id: null, session_instance: null };

describe('pages read by a thread', () => {
  it('are those of the log, with the places of all values', async () => {
    const pen = openSegmentPen(folder);
    writeCrowd(pen, { events: 5_000, seed: 1, fromMs: 0, toMs: 9_000_000 });
    pen.close();
    const reader = openPageReader(folder);
    const list = createJsonList(0);
    for (let [from, isAtEnd] = [JOURNAL_START, false]; !isAtEnd; ) {
      const page = await reader.read({ log: 'journal', from });
      const { frames, ...expected } = readRawPage({ folder, from });
      expect(page).toMatchObject({ ...expected, count: frames.length });
      for (const [number, { start, end }] of frames.entries()) {
        const found = frameOf(page, number);
        expect([found.start, found.end, found.isText]).toEqual([start, end, false]);
        list.view(page.bytes, found);
        const values = Array.from({ length: list.count }, (_, place) => list.value(place));
        expect(values).toEqual(JSON.parse(payloadText(page.bytes, found)));
      }
      expect(isSamePlace(page.next, from)).toBe(false);
      ({ next: from, isAtEnd } = page);
    }
  });

  it('leaves the values of texts alone', async () => {
    const pen = openSegmentPen(folder, 'texts');
    pen.write('text', { ...OF, ...SAID });
    pen.close();
    const page = await openPageReader(folder).read({ log: 'texts', from: JOURNAL_START });
    expect([page.count, frameOf(page, 0)]).toMatchObject([1, { isText: true, count: 0 }]);
  });

  it('finds at the end what was written since', async () => {
    const pen = openSegmentPen(folder);
    const reader = openPageReader(folder);
    let from = JOURNAL_START;
    for (let round = 1; round <= 3; round += 1) {
      pen.write('text', { ...OF, ...SAID });
      pen.flush();
      const page = await reader.read({ log: 'journal', from });
      expect([page.count, page.isAtEnd]).toEqual([1, true]);
      const again = await reader.read({ log: 'journal', from: page.next });
      expect([again.count, again.isAtEnd]).toEqual([0, true]);
      from = again.next;
    }
    pen.close();
  });

  it('says that the folder cannot be read', async () => {
    const reader = openPageReader(join(folder, 'absent'));
    const question = { log: 'journal', from: JOURNAL_START } as const;
    await expect(reader.read(question)).rejects.toThrow('ENOENT');
    await expect(reader.read(question)).rejects.toThrow('ENOENT');
  });
});
