import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSegmentPen, writeCrowd } from '../../../test/support/written-events.ts';
import { JOURNAL_START, readRawPage } from '../journal/reader.ts';
import { payloadText } from '../journal/segment.ts';
import { exportedColumns } from './exported-row.ts';
import { openLineWriter } from './line-writer.ts';
import type { Words } from './words.ts';

const NOTHING_NOTED = exportedColumns(false)
  .slice(2)
  .map(() => -(2 ** 31));

it('goes on with another thread after rows that point to no request', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lines-'));
  const pen = openSegmentPen(folder);
  writeCrowd(pen, { events: 20, seed: 1, fromMs: 0, toMs: 9_000_000 });
  pen.close();
  const { place, bytes, frames } = readRawPage({ folder, from: JOURNAL_START });
  const rowOf = (kind: string) => {
    const frame = frames.find((found) => payloadText(bytes, found).startsWith(`["${kind}"`));
    const numbers = [place.segment, place.offset + (frame?.start ?? 0), ...NOTHING_NOTED];
    return { numbers: Int32Array.from(numbers), withTexts: false };
  };
  const words: Pick<Words, 'since'> = { since: () => [] };
  const writer = openLineWriter(folder, words);
  const line = async () => Buffer.from(await writer.write(rowOf('request'))).toString();
  const written = await line();
  expect(written).toMatch(/^1970-01-01T\S+Z,req_1_\S+\r\n$/);
  const [bad, behind] = await Promise.allSettled([writer.write(rowOf('derived')), line()]);
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: /rebuild it/ } });
  expect(behind.status).toBe('rejected');
  expect(await line()).toBe(written);
  rmSync(folder, { recursive: true });
});
