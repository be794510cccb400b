import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedbackRecord } from '../../contract/event.ts';
import { framePieces } from '../../contract/frame.ts';
import { JOURNAL_START, type Position, readJournal } from './reader.ts';
import { encodeFrame, maxFrameBytes, SEGMENT_HEADER } from './segment.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-reader-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (segment: number): string => join(folder, `0000000${segment}.journal`);

function frameOf(comment: string): Buffer {
  const text = framePieces('feedback', { comment } as FeedbackRecord);
  const bytes = Buffer.alloc(maxFrameBytes(text));
  return bytes.subarray(0, encodeFrame(text, bytes, 0));
}
const segmentOf = (comments: readonly string[]): Buffer =>
  Buffer.concat([SEGMENT_HEADER, ...comments.map(frameOf)]);

interface ReadAll {
  readonly comments: unknown[];
  readonly positions: string[];
  readonly next: Position;
  readonly lostBytes: number;
}

function readAll(from = JOURNAL_START, pageBytes = 1_000): ReadAll {
  const comments: unknown[] = [];
  const positions: string[] = [];
  for (let next = from, lostBytes = 0; ; ) {
    const page = readJournal({ folder, from: next, pageBytes });
    for (const { frame, position } of page.frames) {
      comments.push((frame.record as FeedbackRecord).comment);
      positions.push(`${position.segment}/${position.offset}`);
    }
    next = page.next;
    lostBytes += page.lostBytes;
    if (page.isAtEnd) return { comments, positions, next, lostBytes };
  }
}

const COMMENTS = ['a', '["', '用户说', '\u0000\u0000', 'x'.repeat(40), '', 'z'];
const ENDS = COMMENTS.map((_, index) => segmentOf(COMMENTS.slice(0, index + 1)).length);

/** What stays of COMMENTS when the bytes of `isTouched` frames are not what they were. */
const untouched = (isTouched: (start: number, end: number) => boolean): string[] =>
  COMMENTS.filter((_, index) => !isTouched(ENDS[index - 1] ?? SEGMENT_HEADER.length, ENDS[index] ?? 0));

describe('reading the journal', () => {
  it('finds nothing in an empty folder, and what comes later', () => {
    expect(readAll()).toMatchObject({ comments: [], next: JOURNAL_START });
    writeFileSync(path(3), segmentOf(['a']));
    expect(readAll().comments).toEqual(['a']);
  });

  it('loses of a segment that is cut anywhere what is cut off, and nothing behind it', () => {
    const bytes = segmentOf(COMMENTS);
    writeFileSync(path(2), segmentOf(['next']));
    for (let size = 0; size <= bytes.length; size += 1) {
      writeFileSync(path(1), bytes.subarray(0, size));
      expect(readAll().comments).toEqual([...untouched((_, end) => end > size), 'next']);
    }
  });

  it('loses by a flipped bit, whichever, the frame that it is in', () => {
    const bytes = segmentOf(COMMENTS);
    writeFileSync(path(2), segmentOf(['next']));
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const broken = Buffer.from(bytes);
        broken[at] = (broken[at] ?? 0) ^ (1 << bit);
        writeFileSync(path(1), broken);
        const left = untouched((start, end) => at >= start && at < end);
        const read = readAll();
        expect(read.comments).toEqual([...left, 'next']);
        expect(read.lostBytes > 0).toBe(left.length < COMMENTS.length);
      }
    }
  });

  it('loses by any damage the frames that it touches, and invents none', () => {
    const bytes = segmentOf(COMMENTS);
    const damage = fc.record({
      at: fc.nat(bytes.length - 1),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.nat(60).map((length) => Buffer.alloc(length + 1)),
      ),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const broken = Buffer.from(bytes);
        for (const { at, bytes: given } of damages) broken.set(given.slice(0, broken.length - at), at);
        writeFileSync(path(1), broken);
        const isTouched = (start: number, end: number): boolean =>
          !broken.subarray(start, end).equals(bytes.subarray(start, end));
        expect(readAll().comments).toEqual(untouched(isTouched));
      }),
    );
  });

  it('follows a segment that grows by single bytes, each frame once, and goes on to the next', () => {
    const comments: unknown[] = [];
    let from = JOURNAL_START;
    const follow = (): boolean => {
      const page = readJournal({ folder, from });
      comments.push(...page.frames.map(({ frame }) => (frame.record as FeedbackRecord).comment));
      from = page.next;
      expect(page.lostBytes).toBe(0);
      return page.isAtEnd;
    };
    for (const byte of segmentOf(COMMENTS)) {
      appendFileSync(path(1), Buffer.from([byte]));
      expect(follow()).toBe(true);
    }
    expect(comments).toEqual(COMMENTS);
    writeFileSync(path(2), segmentOf(['next']));
    expect([follow(), from]).toEqual([false, { segment: 2, offset: 0 }]); // the first one is complete
    expect([follow(), comments.at(-1)]).toEqual([true, 'next']);
  });

  it('gives each frame a place of its own, wherever it begins and however large the pages', () => {
    writeFileSync(path(1), segmentOf(COMMENTS));
    writeFileSync(path(2), segmentOf(COMMENTS));
    const whole = readAll();
    expect(new Set(whole.positions).size).toBe(2 * COMMENTS.length);
    for (const [index, position] of whole.positions.entries()) {
      const [segment = 0, offset = 0] = position.split('/').map(Number);
      const rest = readAll({ segment, offset }, 1 + index);
      expect([rest.comments, rest.positions]).toEqual([
        whole.comments.slice(index),
        whole.positions.slice(index),
      ]);
    }
  });

  it('goes on with the oldest segment that is left', () => {
    writeFileSync(path(3), segmentOf(['c']));
    expect(readAll({ segment: 1, offset: 70 }).comments).toEqual(['c']);
  });

  it('passes over what is no journal at all', () => {
    writeFileSync(path(1), Buffer.alloc(100_000));
    writeFileSync(path(2), 'not a journal at all, but ["quite", "something"] else');
    writeFileSync(path(3), segmentOf(['c']));
    expect(readAll().comments).toEqual(['c']);
  });

  it('takes frames larger than a page', () => {
    const large = ['x'.repeat(50_000), 'y'.repeat(5)];
    writeFileSync(path(1), segmentOf(large));
    expect(readAll().comments).toEqual(large);
  });
});
