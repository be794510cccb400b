import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../contract/event.ts';
import type { Frame } from '../../contract/frame.ts';
import { csvRow } from '../../domain/csv.ts';
import type { AttemptSums } from '../../domain/model-sums.ts';
import type { EventStore, Page, PageQuery, SeriesStep, TimeRange } from '../event-store.ts';
import { requestColumns, SESSION_COLUMNS } from '../export-columns.ts';
import type { ExposureStore } from '../exposure-sums.ts';
import { FILTERS } from './event-filters.ts';
import { happenings, SPAN_MS, START_MS, toFrames } from './event-frames.ts';
import { isIn, recountAttempts, recountRows, recountSessions, requestsOf } from './event-recount.ts';
import { comparable, experimentQuery } from './exposure-forms.ts';
import { recountExposures, recountRoute } from './exposure-recount.ts';

export interface EventStoreCase {
  readonly name: string;
  /** A store over a journal that holds nothing yet, and the way to write to that journal. */
  readonly open: () => Promise<OpenedCase>;
}
export interface OpenedCase {
  readonly store: EventStore & ExposureStore;
  write(frames: readonly Frame[]): void;
  close(): Promise<void>;
}

const RULES = { idleMs: 60_000, nowMs: START_MS + SPAN_MS };
const ALL: TimeRange = { fromMs: 0, toMs: START_MS + 100 * SPAN_MS };
const RUNS = 10;

/** What every EventStore must do: whatever was written, it tells what a recount of the frames tells. */
export function eventStoreConformance({ name, open }: EventStoreCase): void {
  describe(`EventStore: ${name}`, () => {
    let opened: OpenedCase;
    const frames: Frame[] = [];
    const said = new Set<string>();
    let batches = 0;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    /** One property after the other over one journal that grows: what came before must go on being true. */
    const holds = (check: (range: TimeRange, store: EventStore & ExposureStore) => Promise<void>) =>
      fc.assert(
        fc.asyncProperty(happenings, fc.nat(SPAN_MS), fc.nat(SPAN_MS), async (list, from, length) => {
          batches += 1;
          const added = toFrames(list, frames, batches);
          frames.push(...added);
          opened.write(added);
          await opened.store.caughtUp();
          await check({ fromMs: START_MS + from, toMs: START_MS + from + length }, opened.store);
          await check(ALL, opened.store);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );

    it('adds up attempts and closed sessions by model', () =>
      holds(async (range, store) => {
        const attempts = recountAttempts(frames, range);
        const sessions = recountSessions(frames, range, RULES);
        const sums = await store.modelSums(range, RULES);
        expect(sums.map(({ modelId }) => modelId).sort()).toEqual(
          [...new Set([...attempts.keys(), ...sessions.keys()])].sort(),
        );
        for (const { modelId, attempts: found, sessions: closed } of sums) {
          expectSums(found, attempts.get(modelId));
          expect(closed).toEqual(sessions.get(modelId) ?? expect.objectContaining({ closed: 0, mixed: 0 }));
        }
      }));

    it('gives the same sums step by step', () =>
      holds(async (range, store) => {
        const stepMs = 50_000;
        const within = {
          fromMs: range.fromMs || START_MS,
          toMs: Math.min(range.toMs, START_MS + 2 * SPAN_MS),
        };
        const steps = await store.series({ ...within, stepMs, modelId: 'big' }, RULES);
        for (let { fromMs } = within; fromMs < within.toMs; fromMs += stepMs) {
          const part = { fromMs, toMs: Math.min(fromMs + stepMs, within.toMs) };
          const step: SeriesStep | undefined = steps.find((one) => one.fromMs === fromMs);
          const attempts = recountAttempts(frames, part).get('big');
          const sessions = recountSessions(frames, part, RULES).get('big');
          expect(step === undefined).toBe(attempts === undefined && sessions === undefined);
          if (!step) continue;
          expectSums(step.attempts, attempts);
          expect(step.sessions).toEqual(sessions ?? expect.objectContaining({ closed: 0, mixed: 0 }));
        }
      }));

    it('pages and exports requests, each once, with what was found out later', () =>
      holds(async (range, store) => {
        for (const filter of FILTERS) {
          const wanted = requestsOf(frames).filter((one) => isIn(one.time_ms, range) && filter.matches(one));
          const ask = (page: PageQuery) => store.requests({ ...range, ...filter.filter }, page);
          const rows = await allOf(ask, wanted.length > 20 ? Math.ceil(wanted.length / 3) : 7);
          expect(rows.map(({ request_id }) => request_id).sort()).toEqual(
            wanted.map(({ request_id }) => request_id).sort(),
          );
          expect(rows.map(({ time_ms }) => time_ms)).toEqual(
            wanted.map(({ time_ms }) => time_ms).sort((a, b) => b - a),
          );
          for (const row of rows.slice(0, 20))
            expect(row).toMatchObject(wanted.find(({ request_id }) => request_id === row.request_id) ?? {});
          const columns = requestColumns(false);
          const lines = rows.toReversed().map((row) => csvRow(columns, row));
          const whole = { ...range, ...filter.filter };
          const cutOf = (skip: number, most: number) => ({ skip, most, withTexts: false });
          expect(await linesOf(store.exportRequests(whole, cutOf(0, Number.POSITIVE_INFINITY)))).toBe(
            lines.join(''),
          );
          expect(await linesOf(store.exportRequests(whole, cutOf(2, 3)))).toBe(lines.slice(2, 5).join(''));
        }
      }));

    it('pages and exports sessions, and shows one', () =>
      holds(async (range, store) => {
        const wanted = recountRows(frames, RULES)
          .map(({ row }) => row)
          .filter((row) => isIn(row.started_at_ms, range));
        const byName = (a: { session_instance: string }, b: { session_instance: string }) =>
          a.session_instance < b.session_instance ? -1 : 1;
        const rows = await allOf((page) => store.sessions(range, page, RULES), 9);
        expect(rows.toSorted(byName)).toEqual(wanted.toSorted(byName));
        const all = { skip: 0, most: Number.POSITIVE_INFINITY };
        expect(await linesOf(store.exportSessions(range, all, RULES))).toBe(
          rows
            .toReversed()
            .map((row) => csvRow(SESSION_COLUMNS, row))
            .join(''),
        );
        const [one] = wanted;
        if (!one) return;
        const detail = await store.session(one.session_instance, RULES);
        expect(detail?.session).toEqual(one);
        const own = requestsOf(frames).filter(
          ({ session_instance }) => session_instance === one.session_instance,
        );
        expect(detail?.requests.map(({ request_id }) => request_id).sort()).toEqual(
          own.map(({ request_id }) => request_id).sort(),
        );
      }));

    it('draws at random among whole answers with a text, the same ones for a salt', () =>
      holds(async (range, store) => {
        const answers = requestsOf(frames).filter(
          (one) => isIn(one.time_ms, range) && one.model_id === 'big' && one.outcome === 'ok',
        );
        const fresh = answers.filter((one) => isSaid(one) && !said.has(one.request_id));
        for (const { request_id } of fresh) said.add(request_id);
        opened.write(fresh.map(textOf));
        await store.caughtUp();
        const withText = answers.filter(({ request_id }) => said.has(request_id));
        const draw = (salt: string, size = 5) =>
          store.drawAnswers({ ...range, modelId: 'big', routeId: null, size, salt });
        const found = await draw('a');
        expect(found).toMatchObject({ answers: answers.length, withText: withText.length });
        expect(found.drawn).toHaveLength(Math.min(5, withText.length));
        expect(withText).toEqual(expect.arrayContaining([...found.drawn]));
        expect(await draw('a')).toEqual(found);
        expect((await draw('a', 3)).drawn).toEqual(found.drawn.slice(0, 3));
        if (withText.length > 20) expect((await draw('b')).drawn).not.toEqual(found.drawn);
      }));

    it('finds a text by its name and time, also one of no request', () => {
      let written = 0;
      return holds(async (range, store) => {
        const own = requestsOf(frames).find((one) => isIn(one.time_ms, range)) ?? requestsOf(frames)[0];
        if (!own) return;
        written += 1;
        const key = { requestId: `item ${written}`, timeMs: own.time_ms };
        expect(await store.said(key)).toBeNull();
        opened.write([textOf({ ...own, request_id: key.requestId, time_ms: key.timeMs })]);
        await store.caughtUp();
        expect(await store.said(key)).toMatchObject({
          request_id: key.requestId,
          answer: 'so',
          before: null,
        });
        expect(await store.said({ ...key, timeMs: own.time_ms + 1 })).toBeNull();
      });
    });

    it('adds up the use of user ids', () =>
      holds(async (range, store) => {
        const asked = requestsOf(frames).filter(({ time_ms }) => isIn(time_ms, range));
        const sums = await store.identitySums(range);
        const users = Map.groupBy(asked, ({ user_id }) => user_id);
        users.delete(null);
        expect(sums).toMatchObject({
          requests: asked.length,
          withoutUser: asked.filter(({ user_id }) => user_id === null).length,
          users: users.size,
        });
        for (const { userId, sessions, requests } of sums.busiest) {
          const own = users.get(userId) ?? [];
          expect(requests).toBe(own.length);
          expect(sessions).toBe(new Set(own.flatMap(({ session_instance }) => session_instance ?? [])).size);
        }
      }));

    it('adds up an experiment by user', () =>
      holds(async (range, store) => {
        for (const newUserWithinMs of [null, SPAN_MS / 2]) {
          const query = experimentQuery(range, newUserWithinMs);
          const sums = await store.exposureSums(query, RULES);
          expect(comparable(sums)).toEqual(comparable(recountExposures(frames, query, RULES)));
        }
      }));

    it('adds up a route as one arm', () =>
      holds(async (range, store) => {
        const population = { kind: 'route', id: 'support' } as const;
        const { metrics } = await store.exposureSums(
          { ...range, population, metrics: ['error_rate'] },
          RULES,
        );
        const asked = recountRoute(frames, range, population.id);
        const strata = asked.users === 0 ? [] : [{ name: 'unknown', arms: [expect.anything()] }];
        expect(metrics).toMatchObject([['error_rate', { kind: 'ratio', strata }]]);
        for (const [, found] of metrics) {
          if (found.kind !== 'ratio') continue;
          const { n, dSum } = found.strata[0]?.arms[0]?.sums ?? { n: 0, dSum: 0 };
          expect([n, dSum]).toEqual([asked.users, asked.requests]);
        }
      }));

    it('tells the same after a rebuild', async () => {
      const before = await opened.store.modelSums(ALL, RULES);
      await opened.store.rebuild();
      expect(await opened.store.state()).toEqual({
        requests: requestsOf(frames).length,
        lagBytes: 0,
        rebuilding: null,
      });
      expect(await opened.store.modelSums(ALL, RULES)).toEqual(before);
    });

    it('refuses what is no cursor', async () => {
      await expect(opened.store.requests(ALL, { limit: 5, after: "1'; DROP" })).rejects.toThrow(RangeError);
    });
  });
}

/** Two of three. */
const isSaid = ({ request_id }: RequestRecord): boolean => Number(request_id.slice(4)) % 3 !== 0;

const textOf = ({ time_ms, request_id, user_id, session_instance }: RequestRecord): Frame => ({
  kind: 'text',
  record: {
    ...{ time_ms, request_id, user_id, session_instance },
    ...{ messages: [{ role: 'user', content: 'why?' }], answer: 'so', thinking: null, is_cut: false },
  },
});

function expectSums(found: AttemptSums, wanted: AttemptSums | undefined): void {
  if (!wanted) {
    expect(found).toMatchObject({ attempts: 0, errors: {}, answersWithUsage: 0 });
    return;
  }
  const { latencyMs, ttftMs, ...counts } = found;
  const { latencyMs: latency, ttftMs: ttft, ...wantedCounts } = wanted;
  expect(counts).toEqual(wantedCounts);
  for (const [spread, exact] of [
    [latencyMs, latency],
    [ttftMs, ttft],
  ] as const) {
    expect([spread.count, spread.sum]).toEqual([exact.count, exact.sum]);
    for (const name of ['p50', 'p95', 'p99'] as const) {
      if (exact[name] === null) expect(spread[name]).toBeNull();
      else
        expect(Math.abs((spread[name] ?? Number.NaN) - exact[name])).toBeLessThanOrEqual(0.01 * exact[name]);
    }
  }
}

async function allOf<T>(ask: (page: PageQuery) => Promise<Page<T>>, limit: number): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page<T> = await ask({ limit, after });
    items.push(...page.items);
    after = page.next;
    if (after === null) return items;
    expect(page.items.length).toBe(limit);
  }
}

async function linesOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text;
}
