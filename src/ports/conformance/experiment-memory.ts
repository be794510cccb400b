import { describe, expect, it } from 'vitest';
import type { Crossing } from '../../domain/experiment/metric-reading.ts';
import type { ExperimentMemory } from '../experiment-memory.ts';

const better: Crossing = {
  metric: 'task_completion',
  arm: 'treatment',
  atMs: 1_750_000_000_000,
  verdict: 'better',
};
const worse: Crossing = { ...better, metric: 'error_rate', verdict: 'worse' };

/** What every ExperimentMemory must do. */
export function experimentMemoryConformance(name: string, open: () => ExperimentMemory): void {
  describe(`ExperimentMemory: ${name}`, () => {
    it('keeps what was clear, each once and since when it was first, by experiment', () => {
      const memory = open();
      expect(memory.crossings('a')).toEqual([]);
      memory.keep('a', []);
      memory.keep('a', [better]);
      memory.keep('a', [{ ...better, atMs: better.atMs + 1 }, worse]);
      memory.keep('b', [worse]);
      expect(memory.crossings('a').toSorted((one, two) => one.verdict.localeCompare(two.verdict))).toEqual([
        better,
        worse,
      ]);
      expect(memory.crossings('b')).toEqual([worse]);
      memory.keep('a', [{ ...better, verdict: 'worse' }]);
      expect(memory.crossings('a')).toHaveLength(3);
      memory.close();
    });
  });
}
