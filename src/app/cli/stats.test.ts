import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment } from './options.ts';
import { run } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-stats-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function stats(text: string) {
  const file = join(folder, 'cases.json');
  writeFileSync(file, text);
  const lines = { out: [] as string[], err: [] as string[] };
  const code = await run(['stats', file], {
    environment: readEnvironment({}),
    command: 'sluice',
    isTty: false,
    out: (line) => void lines.out.push(line),
    write: async () => {},
    err: (line) => void lines.err.push(line),
  });
  return { code, out: lines.out, err: lines.err.join('\n') };
}

describe('sluice stats', () => {
  it('prints one line a case, in their order, with a status alone where there is no answer', async () => {
    const cases = [
      { id: 'a', fn: 'fixed', input: { est: 1.96, se: 1, alternative: 'greater', alpha: 0.5 } },
      {
        id: 'b',
        fn: 'contrast',
        input: { control: { type: 'prop', n: 0, sum: 0 }, treatment: { type: 'prop', n: 5, sum: 1 } },
      },
      { id: 'c', fn: 'no_such_function', input: {} },
      { id: 'd', fn: 'fixed', input: { est: 'much', se: 1 } },
      { id: 'e', fn: 'fixed' },
    ];
    const { code, out } = await stats(`\uFEFF${JSON.stringify({ cases })}`);
    expect(code).toBe(0);
    const [first, ...others] = out.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ id: 'a', result: { status: 'ok', lo: 1.96, hi: 'Infinity', dof: null } });
    expect(others).toEqual([
      { id: 'b', result: { status: 'insufficient_data' } },
      { id: 'c', result: { status: 'invalid_input' } },
      { id: 'd', result: { status: 'invalid_input' } },
      { id: 'e', result: { status: 'invalid_input' } },
    ]);
  });

  it.each([
    ['{', 'is not JSON'],
    ['null', 'has no cases'],
    ['{"cases":[{"id":"a"}]}', 'cases[0].fn'],
  ])('says what is wrong with %s', async (text, message) => {
    const { code, out, err } = await stats(text);
    expect([code, out]).toEqual([1, []]);
    expect(err).toContain(message);
  });
});
