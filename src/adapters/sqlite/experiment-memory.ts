import type { Crossing } from '../../domain/experiment/metric-reading.ts';
import type { ExperimentMemory } from '../../ports/experiment-memory.ts';
import { openDatabase } from './open.ts';
import { inTransaction } from './transaction.ts';

/** A table of the control store, at `path` (a file name, or `:memory:`). */
export function openExperimentMemory(path: string): ExperimentMemory {
  const database = openDatabase(path);
  const read = database.prepare('SELECT * FROM experiment_crossing WHERE experiment_id = ?');
  const add = database.prepare('INSERT OR IGNORE INTO experiment_crossing VALUES (?, ?, ?, ?, ?)');
  return {
    crossings: (experimentId) =>
      read.all(experimentId).map((row) => ({
        metric: row.metric as Crossing['metric'],
        arm: String(row.arm),
        verdict: row.verdict as Crossing['verdict'],
        atMs: Number(row.at_ms),
      })),
    keep(experimentId, crossings) {
      if (crossings.length === 0) return;
      inTransaction(database, () => {
        for (const { metric, arm, verdict, atMs } of crossings)
          add.run(experimentId, metric, arm, verdict, atMs);
      });
    },
    close: () => database.close(),
  };
}
