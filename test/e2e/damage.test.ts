import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findFrames, payloadText, SEGMENT_HEADER } from '../../src/adapters/journal/segment.ts';
import { startChildSluice } from '../support/child-sluice.ts';
import { journalOf } from '../support/journal-events.ts';
import { makeDataDir } from '../support/sluice.ts';
import { openSegmentPen, writeCrowd } from '../support/written-events.ts';

const EVENTS = 2_000;

it('starts on a journal with flipped bits and cut ends, and lists every request but those touched', async () => {
  const { dataDir, remove } = await makeDataDir();
  const journal = join(dataDir, 'journal');
  const segments = [1, 2, 3].map((number) => {
    const pen = openSegmentPen(journal, 'journal', number);
    const fromMs = Date.now() - (4 - number) * 60_000;
    writeCrowd(pen, { events: EVENTS, seed: number, fromMs, toMs: fromMs + 60_000 });
    pen.close();
    return join(journal, `0000000${number}.journal`);
  });
  const whole = new Set(journalOf(dataDir, 'request').map(({ request_id }) => request_id));
  const touched = new Set<unknown>();
  const touch = (text: string): void => {
    const frame = JSON.parse(text) as unknown[];
    if (frame[0] === 'request') touched.add(frame[2]);
  };
  for (const [at, path] of segments.entries()) {
    const bytes = readFileSync(path);
    const { frames } = findFrames(bytes, SEGMENT_HEADER.length);
    // Length, checksum, first and last byte, and what lies between: of the first frame, the last, and some.
    for (let n = 0; n < 20; n += 1) {
      const found = frames[Math.floor((n / 19) * (frames.length - 1))] ?? frames[0] ?? fail();
      const { start, end } = found;
      touch(payloadText(bytes, found));
      const offset = [start, start + 3, start + 5, start + 8, (start + end) >> 1, end - 1][n % 6] ?? start;
      bytes.writeUInt8(bytes.readUInt8(offset) ^ (1 << (n % 8)), offset);
    }
    writeFileSync(path, bytes);
    if (at < 1) continue;
    const cut = frames[frames.length - 30] ?? fail();
    for (const found of frames.slice(-30)) {
      const text = payloadText(bytes, found);
      if (text.startsWith('["request"')) touch(text);
    }
    truncateSync(path, cut.end - 1);
  }
  const sluice = await startChildSluice({ dataDir });
  await expect
    .poll(async () => (await sluice.admin.must('GET', '/index')).state, { timeout: 30_000 })
    .toBe('ready');
  const listed = new Set<unknown>();
  for (let cursor: unknown = null; ; ) {
    const rest = cursor === null ? '' : `&cursor=${encodeURIComponent(String(cursor))}`;
    const page = await sluice.admin.must('GET', `/requests?limit=500${rest}`);
    for (const { request_id } of page.items as { request_id: string }[]) listed.add(request_id);
    cursor = page.next_cursor;
    if (cursor === null) break;
  }
  expect(touched.size).toBeGreaterThan(50);
  expect(listed).toEqual(whole.difference(touched));
  await sluice.stop();
  await remove();
}, 60_000);

function fail(): never {
  throw new Error('the segment has no frame');
}
