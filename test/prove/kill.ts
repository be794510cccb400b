import type { AdminClient } from '../support/admin-client.ts';
import { createAsker, DOORS, framesOf } from '../support/asker.ts';
import { startChildSluice } from '../support/child-sluice.ts';
import { keepBusy } from '../support/crowd.ts';
import { journalOf } from '../support/journal-events.ts';
import { parseCsv } from '../support/parse-csv.ts';
import { ADMIN_KEY, makeDataDir } from '../support/sluice.ts';
import { CANDIDATE, modelInput, STABLE, startQuickModels, UPSTREAM_NAMES } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface KillScale {
  readonly kills: number;
  /** Answers that clients must have read to their end. */
  readonly answers: number;
}

const LOAD_WIDTH = 12;
/** Tenths of a second that the index has to catch up after the last start. */
const INDEX_TRIES = 3_000;
/** A run ends when so many answers have been read to their end, and up to so many milliseconds later. */
const RUN = { leastAnswers: 20, mostAnswers: 300, thenMs: 8 };

/**
 * Sluice is killed with SIGKILL under load and changing configuration, and started again on the same data. An answer
 * that its client has read to the end must have exactly one event, in the journal, in the lists and in the export; the
 * route must be as it was last acknowledged, or as the change under way would make it.
 */
export async function proveKill({ kills, answers: wanted }: KillScale): Promise<Figure[]> {
  const sim = await startQuickModels();
  const { dataDir, remove } = await makeDataDir();
  const finished = new Set<string>();
  let indexed: { readonly listed: string[]; readonly exported: string[] } = { listed: [], exported: [] };
  let mixedConfigs = 0;
  let slowestStartMs = 0;
  let sluice = await startChildSluice({ dataDir });
  try {
    for (const [id, name] of Object.entries(UPSTREAM_NAMES)) {
      await sluice.admin.must('POST', '/models', modelInput({ id, upstream: 'ollama', url: sim.url, name }));
    }
    await sluice.admin.must('POST', '/routes', { id: 'support', default: true, rules: rulesAt(0) });
    const { key } = await sluice.admin.must('POST', '/keys', { name: 'load', role: 'chat' });
    let weight = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const asker = createAsker(sluice.url, String(key), LOAD_WIDTH);
      const answers = RUN.leastAnswers + Math.random() * (RUN.mostAnswers - RUN.leastAnswers);
      const before = finished.size;
      const reached = Promise.withResolvers<void>();
      const load = keepBusy(LOAD_WIDTH, async (index) => {
        const door = DOORS[index % DOORS.length] ?? 'chat';
        const stream = index % 2 === 0;
        const reply = await asker.ask({ door, stream, userId: `uid_${index}` });
        // A connection that breaks inside a streamed body rejects; what is here was read to its end.
        const isWhole = !stream || door !== 'ollama' || framesOf('ollama', reply.text).at(-1)?.done === true;
        if (reply.status === 200 && isWhole) finished.add(String(reply.headers['x-request-id']));
        if (finished.size - before >= answers) reached.resolve();
      });
      const { admin } = sluice;
      const change = { acknowledged: weight, underWay: weight };
      const changes = keepBusy(1, async () => {
        change.underWay = change.acknowledged >= 10_000 ? 1 : change.acknowledged + 1;
        await admin.must('PATCH', '/routes/support', { rules: rulesAt(change.underWay) });
        change.acknowledged = change.underWay;
      });
      await Promise.race([reached.promise, load.failure, changes.failure]);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * RUN.thenMs));
      await sluice.kill();
      await Promise.allSettled([load.stop(), changes.stop(), asker.close()]);

      sluice = await startChildSluice({ dataDir });
      slowestStartMs = Math.max(slowestStartMs, sluice.startedInMs);
      const { rules } = await sluice.admin.must('GET', '/routes/support');
      weight = weightOf(rules);
      if (weight !== change.acknowledged && weight !== change.underWay) mixedConfigs += 1;
    }
    await untilIndexed(sluice.admin);
    indexed = { listed: await listedIds(sluice.admin), exported: await exportedIds(sluice.url) };
  } finally {
    await sluice.stop();
    await sim.close();
  }
  const journal = journalOf(dataDir, 'request').map(({ request_id }) => String(request_id));
  await remove();
  return [
    atLeast('kills under load', kills, kills),
    atLeast('finished answers', finished.size, wanted),
    ...onceIn('the journal', journal, finished),
    ...onceIn('GET /requests', indexed.listed, finished),
    ...onceIn('the export', indexed.exported, finished),
    atMost('events that the index has not, or has beside the journal', differing(journal, indexed.listed), 0),
    atMost('configurations neither old nor new', mixedConfigs, 0),
    atMost('restart until ready, slowest', slowestStartMs, 5_000, 'ms'),
  ];
}

function onceIn(where: string, ids: readonly string[], finished: ReadonlySet<string>): Figure[] {
  const found = new Set(ids);
  return [
    atMost(`finished answers lost in ${where}`, [...finished].filter((id) => !found.has(id)).length, 0),
    atMost(`events doubled in ${where}`, ids.length - found.size, 0),
  ];
}

function differing(some: readonly string[], others: readonly string[]): number {
  return new Set(some).symmetricDifference(new Set(others)).size;
}

async function untilIndexed(admin: AdminClient): Promise<void> {
  for (let tries = 0; tries < INDEX_TRIES; tries += 1) {
    const { state, lag_bytes: lag } = await admin.must('GET', '/index');
    if (state === 'ready' && lag === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the index never caught up with the journal');
}

async function listedIds(admin: AdminClient): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: unknown = null; ; ) {
    const rest = cursor === null ? '' : `&cursor=${encodeURIComponent(String(cursor))}`;
    const page = await admin.must('GET', `/requests?limit=500${rest}`);
    for (const { request_id } of page.items as { request_id: string }[]) ids.push(request_id);
    cursor = page.next_cursor;
    if (cursor === null) return ids;
  }
}

async function exportedIds(url: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const answer = await fetch(`${url}/admin/v1/export/requests.csv`, { headers });
  // `text()` would take the BOM away.
  const [head = [], ...rows] = parseCsv(Buffer.from(await answer.arrayBuffer()).toString());
  const column = head.indexOf('request_id');
  return rows.map((row) => row[column] ?? '');
}

/** One step of 0.01 % for each change, so that every state of the route is told apart. */
function rulesAt(steps: number): object[] {
  return [
    { model_id: STABLE, weight: (10_000 - steps) / 100 },
    { model_id: CANDIDATE, weight: steps / 100 },
  ];
}

function weightOf(rules: unknown): number {
  const [stable, candidate] = rules as { weight: number }[];
  const steps = Math.round((candidate?.weight ?? Number.NaN) * 100);
  return Math.round((stable?.weight ?? Number.NaN) * 100) + steps === 10_000 ? steps : Number.NaN;
}
