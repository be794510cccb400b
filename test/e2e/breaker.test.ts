import { afterEach, describe, expect, it } from 'vitest';
import type { BreakerAnswer } from '../../src/contract/breaker.ts';
import { proveBreaker } from '../prove/breaker.ts';
import { broken } from '../prove/figure.ts';
import { createAsker } from '../support/asker.ts';
import { startChildSluice } from '../support/child-sluice.ts';
import { GOOD_STREAM, json } from '../support/failing-rig.ts';
import { startScripted } from '../support/gateway-rig.ts';
import { SICK_USER } from '../support/sick-world.ts';
import { ADMIN_KEY, makeDataDir } from '../support/sluice.ts';
import { CANDIDATE, modelInput, rulesOf, SPLIT_50_50, STABLE } from '../support/world.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('a model that fails', () => {
  it('does not reach its users, under load and from every sickness, and comes back', {
    timeout: 240_000,
  }, async () => {
    const scale = {
      walks: 1,
      steps: 100_000,
      lives: 1,
      openings: 2,
      fallbacks: 300,
      share: 0.5,
      slackMs: 5_000,
    };
    expect(broken(await proveBreaker(scale))).toEqual([]);
  });

  it('stays cut off when Sluice is killed, for what is left of the time', { timeout: 60_000 }, async () => {
    const data = await makeDataDir();
    const sick = await startScripted(json(500, '{"error":"boom"}'));
    const well = await startScripted((res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(GOOD_STREAM);
    });
    closing.push(data.remove, sick.close, well.close);
    const breakerIn = async (
      sluice: Awaited<ReturnType<typeof startChildSluice>>,
    ): Promise<BreakerAnswer> => {
      const { items } = await sluice.admin.must('GET', '/breakers');
      const found = (items as BreakerAnswer[]).find(({ model_id }) => model_id === CANDIDATE);
      if (!found) throw new Error('no breaker');
      return found;
    };
    const first = await startChildSluice({ dataDir: data.dataDir });
    const sketch = { upstream: 'ollama', name: 'm' } as const;
    await first.admin.must('POST', '/models', modelInput({ id: STABLE, url: well.url, ...sketch }));
    await first.admin.must('POST', '/models', modelInput({ id: CANDIDATE, url: sick.url, ...sketch }));
    const rules = rulesOf(SPLIT_50_50);
    await first.admin.must('POST', '/routes', { id: 'support', default: true, rules });
    const ask = async (url: string) => {
      const asker = createAsker(url, ADMIN_KEY);
      const reply = await asker.ask({ door: 'ollama', userId: SICK_USER, stream: true });
      await asker.close();
      return [reply.text, reply.headers['x-sluice-fallback']];
    };
    for (let i = 0; i < 5; i += 1) expect(await ask(first.url)).toEqual([GOOD_STREAM, 'error']);
    let audited: { action: string }[] = [];
    while (audited[0]?.action !== 'breakers.changed')
      audited = (await first.admin.must('GET', '/audit?limit=1')).items as typeof audited;
    const before = await breakerIn(first);
    expect(before).toMatchObject({ state: 'OPEN', because: '5 failures in a row' });
    await first.kill();

    const second = await startChildSluice({ dataDir: data.dataDir });
    closing.push(second.stop);
    const after = await breakerIn(second);
    expect(after).toMatchObject({ state: 'OPEN', because: before.because, history: before.history });
    const driftMs = Date.parse(after.open_until ?? '') - Date.parse(before.open_until ?? '');
    expect(Math.abs(driftMs)).toBeLessThan(100);
    expect(await ask(second.url)).toEqual([GOOD_STREAM, 'open']);
    expect(sick.requests).toHaveLength(5);
  });
});
