import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../../test/support/command-line.ts';
import { startSluice, type TestSluice } from '../../../test/support/sluice.ts';
import type { RolloutAnswer } from '../../contract/rollout.ts';
import { railOf, rolloutView } from './rollout-view.ts';

let server: TestSluice;
let folder: string;
let sluice: CommandLine;
beforeAll(async () => {
  server = await startSluice({ adminKey: null });
  folder = dirname(server.dataDir);
  sluice = commandLine({ SLUICE_URL: server.url, SLUICE_DATA: server.dataDir });
  const model = { protocol: 'ollama', base_url: 'http://127.0.0.1:1', upstream_model: 'm' };
  for (const id of ['old', 'new']) await server.admin.must('POST', '/models', { id, ...model });
  await server.admin.must('POST', '/routes', { id: 'support', rules: [{ model_id: 'old', weight: 100 }] });
});
afterAll(() => server.close());

// One story, as in commands.test.ts.
describe('sluice rollout', () => {
  it('makes a draft, from a file or with the standard stages, and says how long it takes', async () => {
    expect((await sluice('rollout')).out).toContain('sluice rollout create');
    const plan = join(folder, 'plan.json');
    writeFileSync(plan, JSON.stringify({ stages: [{ weight: 5 }, { weight: 50 }, { weight: 100 }] }));
    const made = await sluice(
      'rollout',
      'create',
      'june',
      '--route',
      'support',
      '--candidate',
      'new',
      '--plan',
      plan,
    );
    expect(made.err).toBe('');
    expect(made.out).toContain('○ 5 % ━ ○ 50 % ━ ○ 100 %');
    expect(made.out).toContain('sluice rollout start june');
    const standard = await sluice('rollout', 'create', 'july', '--route', 'support', '--candidate', 'new');
    expect(standard.out).toContain('600 requests');
    expect((await sluice('rollout', 'list')).out).toMatch(/june +support +new +draft/);
    writeFileSync(plan, '{');
    const broken = await sluice(
      'rollout',
      'create',
      'x',
      '--route',
      'support',
      '--candidate',
      'new',
      '--plan',
      plan,
    );
    expect([broken.code, broken.err]).toEqual([1, expect.stringContaining('is not JSON')]);
  });

  it('starts, holds, goes on and aborts by name, with the reason on record', async () => {
    expect((await sluice('rollout', 'start', 'june', '--reason', 'June')).out).toContain('◉ 5 % ━ ○ 50 %');
    expect((await sluice('rollout', 'status', 'june')).out).toContain('Not advancing: ');
    expect((await sluice('rollout', 'pause', 'june', '--reason', 'lunch')).out).toContain('lunch');
    const refused = await sluice('rollout', 'promote', 'june');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('operator_pause')]);
    await sluice('rollout', 'resume', 'june');
    expect((await sluice('rollout', 'promote', 'june')).out).toContain('● 5 % ━ ◉ 50 %');
    expect((await sluice('rollout', 'step-back', 'june')).out).toContain('◉ 5 %');
    const aborted = await sluice('rollout', 'abort', 'june', '--reason', 'wrong language');
    expect(aborted.out).toContain('✗ 5 %');
    const watched = await sluice('rollout', 'status', 'june', '--watch');
    expect([watched.code, watched.out]).toEqual([1, expect.stringContaining('wrong language')]);
    expect((await sluice('rollout', 'retry', 'june', '--stage', '0')).code).toBe(2);
    expect((await sluice('rollout', 'retry', 'june')).out).toContain('attempt 2');
    const full = await sluice('rollout', 'promote-full', 'june', '--force', '--json');
    expect(JSON.parse(full.out)).toMatchObject({ status: 'completed', weight: 100 });
    expect((await sluice('rollout', 'cancel', 'july')).out).toContain('CANCELLED');
    expect((await sluice('rollout', 'status', 'june', '--watch')).code).toBe(0);
  });
});

describe('the rail', () => {
  const rollout = { stages: [{ weight: 1 }, { weight: 20 }, { weight: 100 }], stage: 1, ended: null };
  it.each([
    ['draft', '○ 1 % ━ ○ 20 % ━ ○ 100 %'],
    ['active', '● 1 % ━ ◉ 20 % ━ ○ 100 %'],
    ['aborted', '● 1 % ━ ✗ 20 % ━ ○ 100 %'],
    ['completed', '● 1 % ━ ● 20 % ━ ● 100 %'],
  ])('of a rollout that is %s', (status, rail) => {
    expect(railOf({ ...rollout, status } as object as RolloutAnswer)).toBe(rail);
  });

  it('stands above the gates', () => {
    const view = rolloutView({
      ...rollout,
      id: 'june',
      route_id: 'support',
      stable_model_id: 'old',
      candidate_model_id: 'new',
      status: 'active',
      weight: 20,
      attempt: 1,
      not_advancing_because: 'Collecting evidence.',
      outlook: [],
      warnings: [],
      gates: [
        {
          metric: 'error_rate',
          verdict: 'no_data',
          samples: 12,
          needed: 600,
          said: { en: 'error rate has 12 of 600 samples' },
        },
      ],
    } as object as RolloutAnswer);
    expect(view.split('\n')).toEqual([
      'june  support: old → new  ACTIVE, 20 %',
      '● 1 % ━ ◉ 20 % ━ ○ 100 %',
      'Not advancing: Collecting evidence.',
      '',
      'GATE        VERDICT  SAMPLES  FIGURES',
      'error_rate  no_data   12/600  error rate has 12 of 600 samples',
    ]);
  });
});
