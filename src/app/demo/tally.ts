import type { UserResult } from '../../../sim/users.ts';

/** Newest good answers whose time counts for a model's P95. */
const SAMPLES = 1000;

/** What one model did for the simulated users so far. */
export interface TallyRow {
  readonly modelId: string;
  /** Of all answered requests, 0–1; null before the first. */
  readonly share: number | null;
  readonly users: number;
  readonly requests: number;
  /** Failures ÷ (requests − abandoned ones), 0–1; null where that is nothing. */
  readonly errorRate: number | null;
  /** To the last byte of the answer, over the newest good ones. */
  readonly latencyMsP95: number | null;
}

export interface Tally {
  add(result: UserResult): void;
  /** One row a model, in the order given, then one for requests that no model answered, where there are any. */
  rows(): TallyRow[];
}

/** Counts the answers that simulated users get, by the model that gave them. */
export function createTally(modelIds: readonly string[]): Tally {
  const counts = new Map(modelIds.map((id) => [id, emptyCount()]));
  return {
    add(result) {
      // Whoever left before the headers came was neither served nor failed.
      if (result.modelUsed === null && result.outcome === 'abandoned') return;
      const id = result.modelUsed ?? NO_MODEL;
      let count = counts.get(id);
      if (!count) {
        count = emptyCount();
        counts.set(id, count);
      }
      count.users.add(result.userId);
      count.requests++;
      if (result.outcome === 'abandoned') count.abandoned++;
      else if (result.outcome !== 'ok') count.failed++;
      else count.latenciesMs[count.good++ % SAMPLES] = result.latencyMs;
    },
    rows() {
      const total = [...counts.values()].reduce((sum, count) => sum + count.requests, 0);
      return [...counts].map(([modelId, count]) => {
        const judged = count.requests - count.abandoned;
        return {
          modelId,
          share: total === 0 ? null : count.requests / total,
          users: count.users.size,
          requests: count.requests,
          errorRate: judged === 0 ? null : count.failed / judged,
          latencyMsP95: p95(count.latenciesMs),
        };
      });
    },
  };
}

const NO_MODEL = '(none)';

interface Count {
  /** As many as there are simulated users. */
  readonly users: Set<string>;
  requests: number;
  abandoned: number;
  failed: number;
  good: number;
  /** A ring of the newest. */
  readonly latenciesMs: number[];
}

function emptyCount(): Count {
  return { users: new Set(), requests: 0, abandoned: 0, failed: 0, good: 0, latenciesMs: [] };
}

/** Nearest rank: the smallest value that 95 % of the values do not exceed. */
function p95(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null;
}
