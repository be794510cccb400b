import { TICK_MS } from '../../src/domain/rollout/credit.ts';
import type { GateEvidence, Reading } from '../../src/domain/rollout/gate-evidence.ts';
import { cellOfCounts } from '../../src/domain/rollout/gate-evidence.ts';
import type { Command, CommandName, Moment, World } from '../../src/domain/rollout/input.ts';
import { type Gate, type Plan, type Stage, stageAt } from '../../src/domain/rollout/plan.ts';
import type { RolloutState } from '../../src/domain/rollout/state.ts';
import { GATE_DEFAULTS, STAGE_DEFAULTS } from '../../src/domain/rollout/template.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export const gateOf = (gate: Pick<Gate, 'metric' | 'op' | 'limit'> & Partial<Gate>): Gate => ({
  ...GATE_DEFAULTS,
  ...gate,
});

export const stageOf = (percent: number, stage: Partial<Stage> = {}): Stage => ({
  ...STAGE_DEFAULTS,
  steps: percent * 100,
  ...stage,
});

export const planOf = (stages: readonly Stage[]): Plan => ({
  id: 'june',
  routeId: 'support',
  stableModelId: 'old',
  candidateModelId: 'new',
  stages,
});

export const WORLD: World = {
  candidate: { isEnabled: true, breaker: 'CLOSED', incident: 0 },
  stable: { isEnabled: true, breaker: 'CLOSED', incident: 0 },
  route: { isEnabled: true, isIntact: true, isTaken: false },
};

export const momentOf = (nowMs: number, world: World = WORLD, fence = 1): Moment => ({
  nowMs,
  fence,
  tickMs: TICK_MS,
  world,
});

/** A command as it comes from a page that shows the state. */
export function commandOf(name: CommandName, state: RolloutState, more: Partial<Command> = {}): Command {
  return {
    kind: 'command',
    name,
    by: 'ann',
    text: '',
    stage: state.stage,
    expectedVersion: state.version,
    force: false,
    mayForce: false,
    commandId: null,
    ...more,
  };
}

/**
 * `few`: too little of it. `bad`: one request in five fails or is slow. `close`: good, but not surely so. `sour`: bad where a
 * gate only warns. `skewed`: a group lacks users.
 */
export type Traffic = 'good' | 'few' | 'bad' | 'none' | 'close' | 'sour' | 'skewed';

const COUNTS: Readonly<Record<Traffic, readonly [events: number, of: number]>> = {
  good: [0, 4_000],
  few: [0, 3],
  bad: [800, 4_000],
  none: [0, 0],
  close: [18, 4_000],
  sour: [0, 4_000],
  skewed: [0, 4_000],
};

/** What the metrics say of the present epoch, the same of every gate. */
export function readingOf(
  plan: Plan,
  state: Pick<RolloutState, 'stage' | 'epoch'>,
  traffic: Traffic,
  epoch = state.epoch,
): Reading {
  const requests = COUNTS[traffic][1];
  const isWhole = stageAt(plan, state.stage).steps === 10_000;
  const gates = stageAt(plan, state.stage).gates.map((gate): GateEvidence => {
    const [events, of] = COUNTS[traffic === 'sour' && gate.onFail === 'warn' ? 'bad' : traffic];
    const isHigherBetter = gate.op === '>' || gate.op === '>=';
    return {
      kind: 'ratio',
      candidate: cellOfCounts(isHigherBetter ? 0.95 * of - events : events, of),
      control: gate.isVsStable ? cellOfCounts(isHigherBetter ? 0.95 * of : of / 100, of) : null,
      beyondHardLimit: gate.hardLimit === null ? null : 0,
      shownMs: null,
      errors: null,
    };
  });
  const candidate = traffic === 'skewed' ? requests / 2 : requests;
  const users = isWhole ? null : { candidate, control: requests, both: 0 };
  return { status: 'ok', epoch, requests, gates, users };
}
