import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const ARGS = ['--quick', '--seconds', '0.2', '--peer', 'sluice', '--peer', 'bare'];

it.skipIf(process.platform !== 'linux')(
  'measures every case against a Sluice that it starts itself (Linux only)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
    const out = join(folder, 'figures.json');
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...ARGS, '--out', out]);
      const { rows, notes } = JSON.parse(readFileSync(out, 'utf8'));
      expect(notes).toEqual([]);
      const measured = rows.filter(({ medians }: { medians: { sluice?: number } }) =>
        Number.isFinite(medians.sluice),
      );
      expect(measured.map(({ id }: { id: string }) => id)).toEqual(
        expect.arrayContaining([
          'cpu_small',
          'cpu_large',
          'cpu_sse_chunk',
          'cpu_ndjson_chunk',
          'p99_added_steady',
          'kib_per_stream',
          'ready',
        ]),
      );
      expect(stdout).toContain('CPU per request, 150 B');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  90_000,
);
