import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { experimentMemoryConformance } from '../../ports/conformance/experiment-memory.ts';
import { openExperimentMemory } from './experiment-memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

experimentMemoryConformance('SQLite', () => openExperimentMemory(':memory:'));

it('remembers over a restart', () => {
  const crossing = { metric: 'rating', arm: 'b', atMs: 1, verdict: 'better' } as const;
  const path = join(folder, 'control.sqlite');
  const before = openExperimentMemory(path);
  before.keep('a', [crossing]);
  before.close();
  const after = openExperimentMemory(path);
  expect(after.crossings('a')).toEqual([crossing]);
  after.close();
});
