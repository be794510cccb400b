import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ChildSluice, SLUICE, startChildSluice } from '../support/child-sluice.ts';
import { ADMIN_KEY, makeDataDir } from '../support/sluice.ts';
import { modelInput, STABLE, startQuickModels, UPSTREAM_NAMES } from '../support/world.ts';
import { openSegmentPen, type SegmentPen, writeCrowd } from '../support/written-events.ts';
import { atLeast, atMost, type Figure } from './figure.ts';
import { type SteadyLoad, startSteadyLoad } from './steady-load.ts';

const DAY_MS = 86_400_000;
const FROM_MS = 1_750_000_000_000;
const TO_MS = FROM_MS + 30 * DAY_MS;
const MIB = 1024 * 1024;
const LINE_END = 0x0a;
const REQUESTS_PER_SECOND = 300;
/** Requests come at random: a stretch of time that has so many has this much of their share. */
const MORE_TIME = 1.02;
/** Of each question, on different windows; the slowest counts. */
const ASKED = 6;

export interface IndexScale {
  readonly events: number;
  /** Rows of the export, at most as many as there are events. */
  readonly exported: number;
}

/** A journal of a month is indexed from nothing, and asked, while a gateway serves beside it. */
export async function proveIndex({ events, exported }: IndexScale): Promise<Figure[]> {
  const { dataDir, remove } = await makeDataDir();
  const sim = await startQuickModels();
  const written = writeJournal(join(dataDir, 'journal'), events);
  const began = performance.now();
  let sluice = await startChildSluice({ dataDir });
  try {
    const key = await configure(sluice, sim.url);
    const first = await underLoad(sluice, key, async () => {
      await untilReady(sluice);
      const seconds = (performance.now() - began) / 1000;
      return [atLeast('indexed from nothing', events / seconds, 100_000, 'events/s')];
    });
    await sluice.stop();
    sluice = await startChildSluice({ dataDir });
    const second = await underLoad(sluice, key, async () => {
      await untilReady(sluice);
      return [
        atMost('summary of all, the first after a start', await timed(sluice, summary(0)), 1_000, 'ms'),
        ...(await askAll(sluice)),
        atMost('models counted otherwise than written', await miscounted(sluice, written), 0),
        ...(await exportSome(sluice, { events, exported }, dataDir)),
        atMost('memory of the index’s process, at most', peakMiB(childOf(sluice.pid)), 1_536, 'MiB'),
      ];
    });
    return [
      ...first.figures,
      ...second.figures,
      atLeast(
        'requests served meanwhile',
        Math.min(first.perSecond, second.perSecond),
        0.95 * REQUESTS_PER_SECOND,
        '/s',
      ),
      atMost('of them failed', first.failed + second.failed, 0),
      atMost('event-loop delay of the gateway, p99, while indexing', first.loopMs, 20, 'ms'),
      atMost('the same, while asked and exporting', second.loopMs, 20, 'ms'),
    ];
  } finally {
    await sluice.stop();
    await sim.close();
    await remove();
  }
}

/** Attempts by model, counted as they were written. */
type Written = ReadonlyMap<string, number>;

function writeJournal(folder: string, events: number): Written {
  const written = new Map<string, number>();
  const pen = openSegmentPen(folder);
  const counting: SegmentPen = {
    ...pen,
    write(kind, record) {
      const { attempts } = 'attempts' in record ? record : { attempts: [] };
      for (const { model_id } of attempts) written.set(model_id, (written.get(model_id) ?? 0) + 1);
      pen.write(kind, record);
    },
  };
  writeCrowd(counting, { events, seed: 1, fromMs: FROM_MS, toMs: TO_MS });
  pen.close();
  return written;
}

async function configure({ admin }: ChildSluice, simUrl: string): Promise<string> {
  for (const [id, name] of Object.entries(UPSTREAM_NAMES))
    await admin.must('POST', '/models', modelInput({ id, upstream: 'openai', url: simUrl, name }));
  await admin.must('POST', '/routes', {
    id: 'support',
    default: true,
    rules: [{ model_id: STABLE, weight: 100 }],
  });
  return String((await admin.must('POST', '/keys', { name: 'load', role: 'chat' })).key);
}

async function underLoad(sluice: ChildSluice, key: string, measure: () => Promise<Figure[]>) {
  const load: SteadyLoad = startSteadyLoad(sluice, key, REQUESTS_PER_SECOND);
  await loopDelayMs(sluice); // from here on
  try {
    const figures = await measure();
    return { figures, loopMs: await loopDelayMs(sluice), ...(await load.stop()) };
  } catch (error) {
    await load.stop();
    throw error;
  }
}

/** The 99th percentile since it was last asked for. */
async function loopDelayMs({ url }: ChildSluice): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return 1_000 * Number(/^sluice_event_loop_delay_seconds\{quantile="0.99"\} (\S+)/m.exec(text)?.[1]);
}

async function untilReady({ admin }: ChildSluice): Promise<void> {
  while ((await admin.must('GET', '/index')).state !== 'ready')
    await new Promise((resolve) => setTimeout(resolve, 100));
}

async function timed({ admin }: ChildSluice, path: string): Promise<number> {
  const began = performance.now();
  await admin.must('GET', path);
  return performance.now() - began;
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const WINDOWS = [
  `from=${iso(FROM_MS)}&to=${iso(TO_MS)}`,
  `from=${iso(TO_MS - 300_000)}&to=${iso(TO_MS)}`,
  'window=5m',
  `from=${iso(FROM_MS + 7.3 * DAY_MS)}&to=${iso(TO_MS - 1.7 * DAY_MS)}`,
];
const windowOf = (n: number): string => String(WINDOWS[n % WINDOWS.length]);
const summary = (n: number): string => `/metrics/models?${windowOf(n)}`;
const SESSION_FILTERS = ['', '&model_id=qwen3-32b-prod', '&user_id=user_7', '&session_id=ses_1_00000abc'];
const METRICS = ['latency_p95', 'error_rate', 'follow_up_rate'];

async function askAll(sluice: ChildSluice): Promise<Figure[]> {
  const slowest = async (pathOf: (n: number) => string): Promise<number> => {
    let most = 0;
    for (let n = 0; n < ASKED; n += 1) most = Math.max(most, await timed(sluice, pathOf(n)));
    return most;
  };
  const day = (n: number) =>
    `from=${iso(FROM_MS + n * 4 * DAY_MS)}&to=${iso(FROM_MS + (n * 4 + 1) * DAY_MS)}`;
  const series = (n: number) => `/metrics/series?metric=${METRICS[n % METRICS.length]}&step=5m&${day(n)}`;
  const sessions = (n: number) =>
    `/sessions?${windowOf(n >> 1)}${SESSION_FILTERS[n % SESSION_FILTERS.length]}`;
  return [
    atMost('summary of any window, slowest', await slowest(summary), 1_000, 'ms'),
    atMost('series of 24 h in steps of 5 min, slowest', await slowest(series), 1_000, 'ms'),
    atMost('page of sessions, slowest', await slowest(sessions), 300, 'ms'),
    atMost('page of requests, slowest', await slowest((n) => `/requests?${windowOf(n)}`), 300, 'ms'),
    atMost(
      'page of requests by error class, slowest',
      await slowest((n) => `/requests?error_class=out_of_memory&${windowOf(n)}`),
      300,
      'ms',
    ),
    atMost(
      'page of errors by class and text, slowest',
      await slowest((n) => `/errors?class=out_of_memory&q=it+FAILED&${windowOf(n)}`),
      1_000,
      'ms',
    ),
  ];
}

async function miscounted({ admin }: ChildSluice, written: Written): Promise<number> {
  const { items } = await admin.must('GET', summary(0));
  const told = new Map(
    (items as { model_id: string; attempts: number }[]).map(({ model_id, attempts }) => [model_id, attempts]),
  );
  return [...written].filter(([model, attempts]) => told.get(model) !== attempts).length;
}

/** Taken home as the guide tells: by a process of its own, into a file. */
async function exportSome(sluice: ChildSluice, { events, exported }: IndexScale, folder: string) {
  const file = join(folder, 'requests.csv');
  const share = Math.min(1, (MORE_TIME * exported) / events);
  const range = ['--from', iso(FROM_MS), '--to', iso(FROM_MS + share * (TO_MS - FROM_MS))];
  const before = sluice.memory();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, sluice.memory());
  }, 50);
  const began = performance.now();
  await writtenTo(file, ['export', 'requests', '--url', sluice.url, '--key', ADMIN_KEY, ...range]);
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  const rows = (await linesOf(file)) - 1;
  return [
    atLeast('rows exported', rows, Math.min(exported, events)),
    atLeast('export', rows / seconds, 100_000, 'rows/s'),
    atMost('memory that the gateway took for it', (most - before) / MIB, 128, 'MiB'),
  ];
}

async function writtenTo(file: string, args: readonly string[]): Promise<void> {
  const out = openSync(file, 'w');
  const child = spawn(process.execPath, [SLUICE, ...args], { stdio: ['ignore', out, 'pipe'] });
  const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'close')]);
  closeSync(out);
  if (code !== 0) throw new Error(`the export ended with ${code}: ${said}`);
}

async function linesOf(file: string): Promise<number> {
  let lines = 0;
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>)
    for (let at = bytes.indexOf(LINE_END); at !== -1; at = bytes.indexOf(LINE_END, at + 1)) lines += 1;
  return lines;
}

/** The process that the gateway started; Linux only. */
function childOf(pid: number): number {
  return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
}

function peakMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
