import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedbackRecord } from '../../contract/event.ts';
import { readFrame } from '../../contract/frame.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { openJournal } from './journal.ts';
import { FRAME_HEAD_BYTES, SEGMENT_HEADER, scanSegment } from './segment.ts';

/** The journal does not look into feedback. */
const put = (journal: EventSink, record: object) => journal.append('feedback', record as FeedbackRecord);
/** Every call is a turn of its own. */
const turn = { atEnd: (work: () => void) => work() };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const segments = () => readdirSync(folder).sort();
const path = (name = '00000001.journal') => join(folder, name);

function recordsOf(name?: string): unknown[] {
  const records: unknown[] = [];
  scanSegment(path(name), (payload) => records.push(readFrame(payload.toString())?.record));
  return records;
}

describe('journal', () => {
  it('has each record with the operating system when its turn ends', async () => {
    const journal = openJournal({ turn, folder });
    put(journal, { request_id: 'req_1', text: '用户' });
    put(journal, { rating: 1 });
    expect(recordsOf()).toEqual([{ request_id: 'req_1', text: '用户' }, { rating: 1 }]);
    expect([journal.dropped, journal.writable]).toEqual([0, true]);
    await journal.close();
  });

  it('goes on where it ended', async () => {
    for (const id of ['a', 'b', 'c']) {
      const journal = openJournal({ turn, folder });
      put(journal, { id });
      await journal.close();
    }
    expect(segments()).toEqual(['00000001.journal']);
    expect(recordsOf()).toHaveLength(3);
  });

  it('keeps records larger than its scratch space', async () => {
    const journal = openJournal({ turn, folder });
    const text = '字'.repeat(500_000);
    put(journal, { text });
    put(journal, { text: 'b' });
    expect(recordsOf()).toEqual([{ text }, { text: 'b' }]);
    await journal.close();
  });

  it('cuts off a torn last frame and goes on behind the whole ones', async () => {
    const journal = openJournal({ turn, folder });
    for (let i = 0; i < 3; i += 1) put(journal, { i });
    await journal.close();
    const size = statSync(path()).size;
    for (let cut = 1; cut < 24; cut += 1) {
      truncateSync(path(), size - cut);
      const again = openJournal({ turn, folder });
      put(again, { i: 'new' });
      await again.close();
      expect(recordsOf()).toEqual([{ i: 0 }, { i: 1 }, { i: 'new' }]);
      truncateSync(path(), size - cut); // shorter than what stood there, the next round cuts further
      const restored = openJournal({ turn, folder });
      put(restored, { i: 2 });
      await restored.close();
    }
  });

  it('leaves other damage as it is and begins a new segment', async () => {
    const journal = openJournal({ turn, folder });
    put(journal, { i: 0 });
    put(journal, { i: 1 });
    await journal.close();
    const bytes = readFileSync(path());
    const inFirst = SEGMENT_HEADER.length + FRAME_HEAD_BYTES + 3;
    bytes[inFirst] = (bytes[inFirst] ?? 0) ^ 1;
    writeFileSync(path(), bytes);
    const again = openJournal({ turn, folder });
    put(again, { i: 2 });
    await again.close();
    expect(segments()).toEqual(['00000001.journal', '00000002.journal']);
    expect(readFileSync(path()).equals(bytes)).toBe(true);
    expect(recordsOf('00000002.journal')).toEqual([{ i: 2 }]);
  });

  it('reads the longest whole prefix of any cut, and no invented record of any flip', async () => {
    const journal = openJournal({ turn, folder });
    const records = Array.from({ length: 6 }, (_, i) => ({ i, text: 'x'.repeat(i * 7) }));
    const ends = [SEGMENT_HEADER.length];
    for (const record of records) {
      put(journal, record);
      ends.push(statSync(path()).size);
    }
    await journal.close();
    const bytes = readFileSync(path());
    const at = fc.integer({ min: 0, max: bytes.length - 1 });
    fc.assert(
      fc.property(at, fc.boolean(), fc.integer({ min: 0, max: 7 }), (position, isCut, bit) => {
        const broken = isCut ? bytes.subarray(0, position) : Buffer.from(bytes);
        if (!isCut) broken[position] = (broken[position] ?? 0) ^ (1 << bit);
        writeFileSync(path('00000009.journal'), broken);
        const whole = Math.max(0, ends.filter((end) => end <= position).length - 1);
        expect(recordsOf('00000009.journal')).toEqual(records.slice(0, whole));
      }),
      { numRuns: 300 },
    );
  });

  it('never throws: what cannot be written is counted, and told once', async () => {
    const told: string[] = [];
    const journal = openJournal({ turn, folder, onTrouble: (message) => told.push(message) });
    const circular: { self?: unknown } = {};
    circular.self = circular;
    put(journal, circular);
    put(journal, circular);
    expect([journal.dropped, journal.writable, told.length]).toEqual([2, false, 1]);
    put(journal, { i: 1 });
    expect([journal.dropped, journal.writable, told.length]).toEqual([2, true, 2]);
    expect(recordsOf()).toEqual([{ i: 1 }]);
    await journal.close();
    put(journal, { i: 2 });
  });

  it('is not fooled by a foreign file', async () => {
    appendFileSync(path(), 'not a journal at all');
    const journal = openJournal({ turn, folder });
    put(journal, { i: 1 });
    await journal.close();
    expect(recordsOf('00000002.journal')).toHaveLength(1);
  });
});
