import { startModelServer } from '../../sim/model-server.ts';
import { createAsker, DOORS, framesOf } from '../support/asker.ts';
import { startChildSluice } from '../support/child-sluice.ts';
import { keepBusy } from '../support/crowd.ts';
import { journalOf } from '../support/journal-events.ts';
import { makeDataDir } from '../support/sluice.ts';
import { CANDIDATE, modelInput, STABLE, UPSTREAM_NAMES } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface KillScale {
  readonly kills: number;
}

const LOAD_WIDTH = 12;
/** A run ends when so many answers have been read to their end, and up to so many milliseconds later. */
const RUN = { leastAnswers: 20, mostAnswers: 300, thenMs: 8 };

/**
 * Sluice is killed with SIGKILL under load and changing configuration, and started again on the same data. An answer
 * that its client has read to the end must have exactly one event; the route must be as it was last acknowledged, or
 * as the change under way would make it.
 */
export async function proveKill({ kills }: KillScale): Promise<Figure[]> {
  const sim = await startModelServer({
    port: 0,
    models: Object.values(UPSTREAM_NAMES).map((name) => ({ name, answerTokens: 4 })),
    speed: Number.POSITIVE_INFINITY,
    recordLimit: 1,
    recordBodies: false,
  });
  const { dataDir, remove } = await makeDataDir();
  const finished = new Set<string>();
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
  } finally {
    await sluice.stop();
    await sim.close();
  }
  const counts = new Map<unknown, number>();
  for (const { request_id } of journalOf(dataDir, 'request'))
    counts.set(request_id, (counts.get(request_id) ?? 0) + 1);
  await remove();
  return [
    atLeast('kills under load', kills, kills),
    atLeast('finished answers', finished.size, kills * RUN.leastAnswers),
    atMost('finished answers without an event', [...finished].filter((id) => !counts.has(id)).length, 0),
    atMost('requests with more than one event', [...counts.values()].filter((count) => count > 1).length, 0),
    atMost('configurations neither old nor new', mixedConfigs, 0),
    atMost('restart until ready, slowest', slowestStartMs, 5_000, 'ms'),
  ];
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
