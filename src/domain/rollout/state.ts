import type { Reason } from './reason.ts';

export const ROLLOUT_STATUSES = ['draft', 'active', 'completed', 'aborted', 'cancelled'] as const;
export type RolloutStatus = (typeof ROLLOUT_STATUSES)[number];

/** What keeps an active rollout from going on, the weightiest first. Several may hold it at once. */
export const BLOCKS = [
  'operator_pause',
  'route_disabled',
  'breaker_candidate',
  'breaker_stable',
  'gate_failed',
  'srm',
  'metrics_error',
  'stuck',
  'no_data',
  'inconclusive',
  'awaiting_approval',
] as const;
export type Block = (typeof BLOCKS)[number];

export interface Held {
  readonly sinceMs: number;
  readonly reason: Reason;
}
export type Blocks = Readonly<Partial<Record<Block, Held>>>;

/** Blocks during which nothing is observed that a stage could be given credit for. */
export const FREEZING: readonly Block[] = [
  'operator_pause',
  'route_disabled',
  'breaker_candidate',
  'breaker_stable',
  'gate_failed',
  'metrics_error',
  'stuck',
];

/** What a tick moves without an event of its own. Observed time: of a time without ticks two are counted at most. */
export interface RolloutClock {
  readonly holdMs: number;
  readonly quietMs: number;
  /** Since evidence is waited for; as hold time, until an operator grants another wait. */
  readonly waitedMs: number;
  /** Null before the first tick. */
  readonly tickedAtMs: number | null;
  /** Times in a row that the metrics could not be read. */
  readonly readErrors: number;
  /** By gate: looks in a row at which it failed. */
  readonly strikes: readonly number[];
}

/** All that is kept of a rollout. JSON, so that events can carry parts of it. */
export interface RolloutState {
  readonly status: RolloutStatus;
  /** Number of events so far; what a command must have seen. */
  readonly version: number;
  /** Of the newest lease that acted: whoever holds an older one is refused. */
  readonly fence: number;
  readonly stage: number;
  /** Share of the candidate now, in steps of 0.01 %. */
  readonly steps: number;
  /** Grows with each start from the beginning. */
  readonly attempt: number;
  /** Grows whenever evidence starts anew. */
  readonly epoch: number;
  readonly epochAtMs: number;
  readonly stageAtMs: number;
  readonly blocks: Blocks;
  /** Gates of the stage that have failed; for this epoch they stay so, whatever they show later. */
  readonly failed: readonly number[];
  /** An abort that waits until stable is well again. */
  readonly dueAbort: Reason | null;
  /** Incidents of the candidate's breaker in this attempt, and the number of the newest one that was seen. */
  readonly openings: number;
  readonly incident: number;
  readonly approval: { readonly by: string; readonly atMs: number } | null;
  /** How it ended, null while it has not. */
  readonly ended: { readonly stage: number; readonly atMs: number; readonly reason: Reason } | null;
  /** Newest last, at most `MAX_COMMAND_IDS`. An older one meets a version that is gone. */
  readonly commandIds: readonly string[];
  readonly clock: RolloutClock;
}

export const MAX_COMMAND_IDS = 64;

export const NEW_CLOCK: RolloutClock = {
  holdMs: 0,
  quietMs: 0,
  waitedMs: 0,
  tickedAtMs: null,
  readErrors: 0,
  strikes: [],
};

export const DRAFT: RolloutState = {
  status: 'draft',
  version: 0,
  fence: 0,
  stage: 0,
  steps: 0,
  attempt: 0,
  epoch: 0,
  epochAtMs: 0,
  stageAtMs: 0,
  blocks: {},
  failed: [],
  dueAbort: null,
  openings: 0,
  incident: 0,
  approval: null,
  ended: null,
  commandIds: [],
  clock: NEW_CLOCK,
};

const OF_EVIDENCE: readonly Block[] = ['gate_failed', 'srm', 'no_data', 'inconclusive', 'awaiting_approval'];

/** Evidence starts anew: what it said, and the time in which it said so, count no more. */
export function newEpoch({ epoch, blocks, clock }: RolloutState, nowMs: number) {
  return {
    epoch: epoch + 1,
    epochAtMs: nowMs,
    blocks: without(blocks, OF_EVIDENCE),
    failed: [],
    dueAbort: null,
    approval: null,
    clock: { ...NEW_CLOCK, tickedAtMs: clock.tickedAtMs },
  } satisfies Partial<RolloutState>;
}

export function without(blocks: Blocks, gone: readonly Block[]): Blocks {
  return Object.fromEntries(Object.entries(blocks).filter(([block]) => !gone.includes(block as Block)));
}

export function blocksOf(blocks: Blocks): Block[] {
  return BLOCKS.filter((block) => blocks[block] !== undefined);
}
