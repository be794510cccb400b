import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../test/support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-stats-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function stats(text: string) {
  const file = join(folder, 'cases.json');
  writeFileSync(file, text);
  return commandLine({})('stats', file);
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
    const [first, ...others] = out.split('\n').map((line) => JSON.parse(line));
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
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
  });
});
