import type { JudgingCounts } from '../../analysis/judging/judging-counts.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { BreakerReport } from '../../ports/breakers.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { IndexState } from '../../ports/event-store.ts';
import type { Distribution } from './distribution.ts';
import type { LoopMonitor } from './loop-delay.ts';
import type { Traffic } from './traffic.ts';

/** Where the figures are taken from when somebody asks. */
export interface MetricSources {
  readonly traffic: Traffic;
  readonly events: EventSink;
  readonly loop: LoopMonitor;
  readonly version: string;
  snapshot(): Snapshot;
  openCalls(): number;
  queueLengths(): readonly (readonly [modelId: string, waiting: number])[];
  judging(): JudgingCounts;
  breakers(): readonly BreakerReport[];
  derivation(): { readonly waiting: number; readonly dropped: number };
  /** Seconds that a record taken now waits until it is with the operating system. */
  journalLag(): Promise<number>;
  /** Null while the index cannot tell. */
  indexState(): Promise<IndexState | null>;
}

export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number];

interface Named {
  readonly name: string;
  readonly help: string;
}
/** A metric: its name, its meaning, and how its values are read. */
export type MetricDefinition = Named &
  (
    | {
        readonly type: 'counter' | 'gauge';
        read(from: MetricSources): readonly Sample[] | Promise<readonly Sample[]>;
      }
    | { readonly type: 'histogram'; read(from: MetricSources): readonly (readonly [Labels, Distribution])[] }
  );
