import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSegmentPen, type SegmentPen, writeCrowd } from '../../../test/support/written-events.ts';
import { IndexUnavailable } from '../../ports/event-store.ts';
import { type OpenEventStore, openEventStore } from './event-store.ts';

const FROM_MS = 1_750_000_000_000;
const ALL = { fromMs: 0, toMs: FROM_MS * 2 };
const RULES = { idleMs: 60_000, nowMs: FROM_MS * 2 };

let folder: string;
let pen: SegmentPen;
let store: OpenEventStore | null;
const open = () => {
  store = openEventStore({ file: join(folder, 'events.duckdb'), journalFolder: join(folder, 'journal') });
  return store;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-index-'));
  pen = openSegmentPen(join(folder, 'journal'));
});
afterEach(async () => {
  await store?.close();
  pen.close();
  rmSync(folder, { recursive: true, force: true });
});

const EVERY_ROW = { skip: 0, most: Number.POSITIVE_INFINITY };
const linesOf = async (pieces: AsyncIterable<Uint8Array>): Promise<string[]> => {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString().split('\r\n').slice(0, -1);
};

/** The index has low priority: beside other tests it gets little of a busy machine. */
vi.setConfig({ testTimeout: 90_000 });

let seed = 0;
const write = (events: number): void => {
  seed += 1;
  writeCrowd(pen, { events, seed, fromMs: FROM_MS, toMs: FROM_MS + 3_600_000 });
  pen.flush();
};
/** Until a child answers: while there is none, every question says so. */
const patiently = <T>(ask: () => Promise<T>): Promise<T> =>
  vi.waitFor(ask, { timeout: 20_000, interval: 20 });

describe('the process of the index', () => {
  it('takes every frame exactly once, whenever it is killed', async () => {
    const index = open();
    const kills = 3; // a fourth in a row would have it begin with an empty file
    for (let kill = 0; kill < kills; kill += 1) {
      write(2_000);
      const pid = await patiently(async () => {
        await index.state();
        return index.pid() ?? expect.fail('no process');
      });
      await new Promise((resolve) => setTimeout(resolve, 40 * kill)); // somewhere in its work
      process.kill(pid, 'SIGKILL');
    }
    await patiently(() => index.caughtUp());
    const sums = await index.modelSums(ALL, RULES);
    expect(await index.state()).toEqual({ requests: 2_000 * kills, lagBytes: 0, rebuilding: null });
    await index.rebuild();
    expect(await index.modelSums(ALL, RULES)).toEqual(sums);
  });

  it('says that it cannot answer while it is not there', async () => {
    const index = open();
    await index.caughtUp();
    process.kill(index.pid() ?? 0, 'SIGKILL');
    await expect(index.identitySums(ALL)).rejects.toThrow(IndexUnavailable);
  });

  it.for([['not a database'], ['']])('makes a file anew that holds "%s"', async ([text = '']) => {
    write(500);
    writeFileSync(join(folder, 'events.duckdb'), text);
    const index = open();
    await patiently(() => index.caughtUp());
    expect((await index.state()).requests).toBe(500);
  });

  it('begins again where the journal is another one', async () => {
    write(900);
    const first = open();
    await first.caughtUp();
    await first.close();
    pen.close();
    rmSync(join(folder, 'journal'), { recursive: true });
    pen = openSegmentPen(join(folder, 'journal'));
    write(300);
    const second = open();
    await patiently(() => second.caughtUp());
    expect((await second.state()).requests).toBe(300);
  });

  it('forgets what the journal no longer keeps', async () => {
    write(400);
    pen.close();
    pen = openSegmentPen(join(folder, 'journal'), 'journal', 2);
    write(300);
    const index = open();
    await index.caughtUp();
    rmSync(join(folder, 'journal', '00000001.journal'));
    await index.caughtUp();
    await index.caughtUp();
    expect((await index.state()).requests).toBe(300);
    const { items } = await index.sessions(ALL, { limit: 500, after: null }, RULES);
    expect(items.every(({ session_id }) => session_id.startsWith(`ses_${seed}_`))).toBe(true);
  });

  it('ends with the process that started it', async () => {
    const index = open();
    await index.caughtUp();
    const pid = index.pid() ?? 0;
    await index.close();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  it('exports at the pace of who reads, and is released by who stops', async () => {
    write(6_000);
    const index = open();
    await index.caughtUp();
    for (let round = 0; round < 12; round += 1)
      for await (const piece of index.exportRequests(ALL, { ...EVERY_ROW, withTexts: false })) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    expect(await linesOf(index.exportRequests(ALL, { ...EVERY_ROW, withTexts: true }))).toHaveLength(6_000);
  });

  it('finds what was said in a request', async () => {
    write(50);
    const texts = openSegmentPen(join(folder, 'journal'), 'texts');
    const index = open();
    await index.caughtUp();
    const [row] = (await index.requests(ALL, { limit: 1, after: null })).items;
    const { request_id = '', time_ms = 0, user_id = null, session_instance = null } = row ?? {};
    const said = {
      messages: [{ role: 'user', content: '查订单' }],
      answer: 'Here.',
      thinking: null,
      is_cut: false,
      before: 0,
    };
    texts.write('text', { time_ms, request_id, user_id, session_instance, ...said });
    texts.close();
    await index.caughtUp();
    expect((await index.session(session_instance ?? '', RULES))?.said).toEqual([{ request_id, ...said }]);
    const exported = await linesOf(index.exportRequests(ALL, { ...EVERY_ROW, withTexts: true }));
    expect(exported.filter((line) => line.includes(',user: 查订单,Here.,'))).toEqual([
      expect.stringContaining(request_id),
    ]);
  });
});
