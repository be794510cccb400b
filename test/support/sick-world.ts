import type { BreakerAnswer } from '../../src/contract/breaker.ts';
import { type Asker, createAsker, type Reply } from './asker.ts';
import { GOOD_STREAM } from './failing-rig.ts';
import { OLLAMA_WHOLE } from './frames.ts';
import { type Script, startScripted } from './gateway-rig.ts';
import { startSluice, type TestSluice } from './sluice.ts';
import { CANDIDATE, modelInput, rulesOf, SPLIT_50_50, STABLE } from './world.ts';

/** One Sluice before a model server that can fall ill and one that never does; half of the users get each. */
export interface SickWorld {
  readonly sluice: TestSluice;
  readonly asker: Asker;
  /** The most requests that the candidate's server had at once since this was set to 0. */
  most: number;
  /** What the candidate's server does from now on; null is healthy. */
  play(script: Script | null): void;
  change(fields: Readonly<Record<string, unknown>>): Promise<void>;
  breaker(): Promise<BreakerAnswer>;
  /** Requests of the candidate's users at a steady rate, whatever becomes of them. */
  rush(requests: number, perSecond: number): Promise<Reply[]>;
  close(): Promise<void>;
}

/** Falls to the candidate at 50/50: bucket 89. */
export const SICK_USER = 'uid_123456';

const healthy: Script = (res, body) => {
  const { stream } = JSON.parse(body) as { stream: boolean };
  res.writeHead(200, { 'content-type': stream ? 'application/x-ndjson' : 'application/json' });
  res.end(stream ? GOOD_STREAM : OLLAMA_WHOLE);
};

export async function startSickWorld(breaker: Readonly<Record<string, unknown>>): Promise<SickWorld> {
  let script: Script | null = null;
  let atOnce = 0;
  const stable = await startScripted(healthy);
  const candidate = await startScripted((res, body, req) => {
    atOnce += 1;
    world.most = Math.max(world.most, atOnce);
    res.on('close', () => {
      atOnce -= 1;
    });
    (script ?? healthy)(res, body, req);
  });
  const sluice = await startSluice();
  const { admin } = sluice;
  const sketch = { upstream: 'ollama', name: 'm' } as const;
  await admin.must('POST', '/models', {
    ...modelInput({ id: STABLE, url: stable.url, ...sketch }),
    max_concurrent: 1_000,
  });
  await admin.must('POST', '/models', {
    ...modelInput({ id: CANDIDATE, url: candidate.url, ...sketch }),
    max_concurrent: 1_000,
    breaker,
  });
  const rules = rulesOf(SPLIT_50_50);
  await admin.must('POST', '/routes', { id: 'support', default: true, rules });
  const asker = createAsker(sluice.url, sluice.adminKey, 512);
  const world: SickWorld = {
    sluice,
    asker,
    most: 0,
    play(given) {
      script = given;
    },
    async change(fields) {
      await admin.must('PATCH', `/models/${CANDIDATE}`, fields);
    },
    async breaker() {
      const { items } = await admin.must('GET', '/breakers');
      const found = (items as BreakerAnswer[]).find(({ model_id }) => model_id === CANDIDATE);
      if (!found) throw new Error('no breaker');
      return found;
    },
    async rush(requests, perSecond) {
      const beganMs = performance.now();
      const replies: Promise<Reply>[] = [];
      while (replies.length < requests) {
        const due = Math.min(requests, ((performance.now() - beganMs) * perSecond) / 1_000);
        while (replies.length < due) {
          const stream = replies.length % 2 === 0;
          replies.push(asker.ask({ door: 'ollama', userId: SICK_USER, stream }));
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return Promise.all(replies);
    },
    async close() {
      await asker.close();
      await sluice.close();
      await stable.close();
      await candidate.close();
    },
  };
  return world;
}

/** True for an answer that is whole, whoever gave it. */
export function isWhole({ status, text }: Reply): boolean {
  return status === 200 && (text === GOOD_STREAM || text === OLLAMA_WHOLE);
}
