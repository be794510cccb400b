import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROW } from '../../../test/support/fake-event-store.ts';
import { openSegmentPen } from '../../../test/support/written-events.ts';
import type { RequestRecord } from '../../contract/event.ts';
import { eraseSegments } from './erase-segments.ts';
import { JOURNAL_START, type PlacedFrame, readJournal } from './reader.ts';
import type { LogName } from './segment-files.ts';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-erase-'));
  folder = join(home, 'journal');
  mkdirSync(folder);
});
afterEach(() => rmSync(home, { recursive: true }));

const USERS = ['alice', 'x', '"quoted"\\\u2028张三', 'bob'];
const SEGMENTS = 4;

/** What users leave in some segments; each session is called by a name of the client's that says who it is. */
function write(): void {
  for (let segment = 1; segment <= SEGMENTS; segment += 1) {
    const pen = openSegmentPen(folder, 'journal', segment);
    const texts = openSegmentPen(folder, 'texts', segment);
    for (const [n, user] of [...USERS, null].entries()) {
      const instance = `ses_${n}`.padEnd(38, '0');
      const ids = { request_id: `req_${segment}_${n}`, session_instance: instance };
      const name = user === null ? instance : `s${user}`.slice(0, segment);
      const about = { time_ms: segment, credential_id: 'key', session_id: name, session_instance: instance };
      pen.write('request', requestOf(user, { ...ids, session_id: name, time_ms: segment }));
      pen.write('derived', { ...DERIVED, ...ids, time_ms: segment });
      pen.write('feedback', {
        ...about,
        request_id: null,
        task_completed: true,
        rating: 1,
        comment: `of ${user}`,
      });
      pen.write('session_end', { ...about, reason: 'completed' });
      texts.write('text', { ...SAID, ...ids, time_ms: segment, user_id: user, answer: `hello ${user}` });
    }
    pen.close();
    texts.close();
  }
}
const DERIVED = { is_follow_up: true, follow_up_by: null, intent: null, task_completed: null };
const SAID = { messages: [{ role: 'user', content: 'my secret' }], thinking: null, is_cut: false };

function requestOf(user: string | null, more: Partial<RequestRecord>): RequestRecord {
  const { is_follow_up, intent, task_completed, judged_by, rating, ...record } = ROW;
  return {
    ...record,
    user_id: user,
    user_source: user === null ? null : 'body:u',
    segment: 'vip',
    error_message: `the model says ${user}`,
    position: 8_999,
    ...more,
  };
}

function frames(log: LogName = 'journal'): PlacedFrame[] {
  const found: PlacedFrame[] = [];
  for (let from = JOURNAL_START; ; ) {
    const page = readJournal({ folder, log, from });
    found.push(...page.frames);
    if (page.isAtEnd) return found;
    from = page.next;
  }
}
const bytes = () =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));
const erase = (userId: string, last = SEGMENTS) =>
  eraseSegments({ folder, userId, pseudonym: 'erased-000001', upTo: { journal: last, texts: last } });

describe('erasing a user', () => {
  it.each(USERS)('leaves nothing of %j, and everything of the others in its place', (user) => {
    write();
    const others = (placed: PlacedFrame[]) =>
      placed.filter(({ frame }) => !JSON.stringify(frame).includes(`ses_${USERS.indexOf(user)}`));
    const before = { journal: frames(), texts: frames('texts') };
    expect(erase(user)).toEqual({
      request: SEGMENTS,
      feedback: SEGMENTS,
      session_end: SEGMENTS,
      derived: 0,
      judged: 0,
      text: SEGMENTS,
    });
    const after = { journal: frames(), texts: frames('texts') };
    expect(others(after.journal)).toEqual(others(before.journal));
    expect(after.texts).toEqual(others(before.texts));
    expect(after.journal.map(({ position }) => position)).toEqual(
      before.journal.map(({ position }) => position),
    );
    for (const segment of bytes()) {
      expect(segment.includes(JSON.stringify(user))).toBe(false);
      for (const word of [`of ${user}`, `hello ${user}`, `says ${user}`])
        expect(segment.includes(JSON.stringify(word).slice(1, -1))).toBe(false);
    }
    const own = after.journal.flatMap(({ frame }) =>
      frame.kind === 'request' && frame.record.user_id?.startsWith('erased') ? [frame.record] : [],
    );
    expect(own).toHaveLength(SEGMENTS);
    expect(own[0]).toMatchObject({
      request_id: `req_1_${USERS.indexOf(user)}`,
      user_source: null,
      segment: null,
      position: 8_900,
      bucket: 89,
      error_class: 'upstream_5xx',
      error_message: null,
    });
    expect(own.every(({ session_id, session_instance }) => session_id === session_instance)).toBe(true);
  });

  it('changes nothing the second time, and nothing for a stranger', () => {
    write();
    const none = { request: 0, feedback: 0, session_end: 0, derived: 0, judged: 0, text: 0 };
    const untouched = bytes();
    expect([erase('nobody'), bytes()]).toEqual([none, untouched]);
    erase('alice');
    const once = bytes();
    expect([erase('alice'), bytes()]).toEqual([none, once]);
  });

  it('leaves segments alone that are written to, and the age of all', () => {
    write();
    const old = join(folder, '00000001.texts');
    utimesSync(old, 1_000, 2_000);
    expect(erase('alice', SEGMENTS - 1).request).toBe(SEGMENTS - 1);
    expect(readFileSync(join(folder, `0000000${SEGMENTS}.journal`)).includes('"alice"')).toBe(true);
    expect(statSync(old).mtimeMs).toBe(2_000_000);
  });

  it('ends what a crash cut off, wherever that was', () => {
    write();
    cpSync(folder, join(home, 'before'), { recursive: true });
    erase('alice');
    const whole = bytes();
    const order = ['texts', 'journal'].flatMap((log) => [4, 3, 2, 1].map((n) => `0000000${n}.${log}`));
    for (let done = 0; done < order.length; done += 1) {
      // As if the process had died after so many segments.
      for (const name of order.slice(done)) cpSync(join(home, 'before', name), join(folder, name));
      erase('alice');
      expect(bytes(), `after ${done}`).toEqual(whole);
    }
  });

  it('makes zeros of damaged frames that still tell of the user', () => {
    write();
    const file = join(folder, '00000002.texts');
    const damaged = readFileSync(file);
    const at = damaged.indexOf('hello alice');
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    writeFileSync(file, damaged);
    expect(erase('alice').text).toBe(SEGMENTS - 1);
    expect(readFileSync(file).includes('ello alice')).toBe(false);
    expect(frames('texts')).toHaveLength(SEGMENTS * USERS.length);
  });
});
