import { describe, expect, it } from 'vitest';
import {
  commandOf,
  gateOf,
  HOUR_MS,
  MINUTE_MS,
  momentOf,
  planOf,
  readingOf,
  stageOf,
  type Traffic,
  WORLD,
} from '../../test/support/rollout-scene.ts';
import { walkRollout } from '../../test/support/rollout-walk.ts';
import { TICK_MS } from './rollout/credit.ts';
import type { CommandName, RolloutInput, World } from './rollout/input.ts';
import { inPrecedence } from './rollout/input.ts';
import { notAdvancingBecause } from './rollout/not-advancing.ts';
import type { Plan } from './rollout/plan.ts';
import { blocksOf, DRAFT, type RolloutState } from './rollout/state.ts';
import { STANDARD_STAGES } from './rollout/template.ts';
import type { RolloutEffect } from './rollout/transition.ts';
import { sayReason } from './rollout/words.ts';
import { stepRollout } from './rollout.ts';

const FAST = gateOf({ metric: 'latency_p95', op: '<', limit: 8_000, onFail: 'abort' });
const ABORTING = planOf([stageOf(20, { gates: [FAST] }), stageOf(100, { gates: [FAST] })]);
const shut = (incident: number): World['candidate'] => ({ isEnabled: true, breaker: 'OPEN', incident });

/** A rollout under way, driven by hand. */
function run(plan: Plan = planOf(STANDARD_STAGES)) {
  let state: RolloutState = DRAFT;
  let nowMs = 0;
  let world = WORLD;
  const effects: RolloutEffect[] = [];
  const rollout = {
    get state() {
      return state;
    },
    get nowMs() {
      return nowMs;
    },
    effects,
    set world(next: World) {
      world = next;
    },
    give(input: RolloutInput) {
      const step = stepRollout(plan, state, input, momentOf(nowMs, world));
      if (step.kind === 'refused') return step.refusal;
      state = step.state;
      effects.push(...step.effects);
      return step.event?.reason ?? null;
    },
    command: (name: CommandName, more = {}) => rollout.give(commandOf(name, state, more)),
    /** Ticks for a time, and gives what it was told. */
    pass(ms: number, traffic: Traffic = 'good') {
      const told: string[] = [];
      for (const endMs = nowMs + ms; nowMs < endMs; ) {
        nowMs += TICK_MS;
        const reason = rollout.give({ kind: 'tick', reading: readingOf(plan, state, traffic) });
        if (reason !== null) told.push(reason.code);
      }
      return told;
    },
    because: () => {
      const reason = notAdvancingBecause(plan, state, null);
      return reason === null ? null : sayReason(reason).en;
    },
  };
  rollout.command('start');
  return rollout;
}

describe('a rollout', () => {
  // Seeds of every run, and one that no run had before.
  it.each([1, 2, Date.now()])(
    'keeps R1 to R20 for 100,000 random steps (seed %i)',
    {
      timeout: 240_000,
    },
    (seed) => {
      const walked = walkRollout({ seed, steps: 100_000 });
      expect(walked.fault).toBeNull();
      // Twelve kinds of events and eleven blocks.
      expect(Object.keys(walked.events)).toHaveLength(23);
      expect(Math.min(...Object.values(walked.events))).toBeGreaterThan(3);
      expect(walked.refused).toBeGreaterThan(1_000);
    },
  );

  it('goes from 1 % to everyone in one day, and asks a person at 50 %', () => {
    const rollout = run();
    expect(rollout.pass(2 * HOUR_MS)).toEqual([]);
    expect(rollout.pass(MINUTE_MS)).toEqual(['stage_passed']);
    expect(rollout.state).toMatchObject({ stage: 1, steps: 500 });
    expect(rollout.pass(11 * HOUR_MS)).toEqual(['stage_passed', 'stage_passed', 'awaiting_approval']);
    expect(rollout.state).toMatchObject({ stage: 3, steps: 5_000 });
    expect(rollout.because()).toBe('Stage 4 has passed and waits for an approval.');
    rollout.command('approve');
    expect(rollout.pass(3 * HOUR_MS)).toEqual(['stage_passed', 'completed']);
    expect(rollout.state).toMatchObject({ status: 'completed', steps: 10_000 });
    expect(rollout.effects.filter(({ kind }) => kind !== 'notify')).toEqual([
      { kind: 'expose', steps: 100 },
      { kind: 'expose', steps: 500 },
      { kind: 'expose', steps: 2_000 },
      { kind: 'expose', steps: 5_000 },
      { kind: 'expose', steps: 10_000 },
      { kind: 'adopt', modelId: 'new', previousModelId: 'old' },
    ]);
  });

  it('says at every moment why it is not advancing', () => {
    const rollout = run();
    expect(rollout.because()).toBe('The stage lasts 2 h more.');
    rollout.pass(90 * MINUTE_MS + TICK_MS);
    expect(rollout.because()).toBe('The stage lasts 30 min more.');
    rollout.command('pause', { text: 'lunch' });
    expect(rollout.because()).toBe('ann paused the rollout; users stay where they are: lunch');
    rollout.command('resume');
    rollout.pass(MINUTE_MS);
    expect(rollout.because()).toBe('Nothing is decided for 29 min after a change.');
  });

  it('holds at the first failure at 1 %, and begins the two hours anew once resumed', () => {
    const rollout = run();
    rollout.pass(HOUR_MS);
    expect(rollout.pass(MINUTE_MS, 'bad')).toEqual(['gate_failed']);
    expect(blocksOf(rollout.state.blocks)).toEqual(['gate_failed']);
    expect(rollout.pass(3 * HOUR_MS)).toEqual([]);
    rollout.command('resume');
    expect(rollout.state.clock.holdMs).toBe(0);
    expect(rollout.pass(2 * HOUR_MS - TICK_MS)).toEqual([]);
    expect(rollout.pass(2 * TICK_MS)).toEqual(['stage_passed']);
  });

  it('never goes on without data, and tells so when it has waited long enough', () => {
    const rollout = run(planOf([stageOf(1, { maxWaitMs: 5 * HOUR_MS }), stageOf(100)]));
    expect(rollout.pass(24 * HOUR_MS, 'none')).toEqual(['no_data']);
    expect(rollout.because()).toBe('No request has been assigned to the candidate in this stage yet.');
    expect(rollout.pass(MINUTE_MS)).toEqual(['evidence_back', 'stage_passed']);
  });

  it('earns nothing for a night without ticks', () => {
    const rollout = run();
    rollout.pass(HOUR_MS);
    const before = rollout.state.clock.holdMs;
    const plan = planOf(STANDARD_STAGES);
    const tick: RolloutInput = { kind: 'tick', reading: readingOf(plan, rollout.state, 'good') };
    const step = stepRollout(plan, rollout.state, tick, momentOf(rollout.nowMs + 12 * HOUR_MS));
    expect(step.kind === 'done' && step.state.clock.holdMs).toBe(before + 2 * TICK_MS);
  });

  it('holds when the breaker opens, begins the stage anew, and aborts when it opens again', () => {
    const rollout = run();
    rollout.pass(HOUR_MS);
    rollout.world = { ...WORLD, candidate: shut(1) };
    expect(rollout.give({ kind: 'world' })).toMatchObject({ code: 'breaker_opened' });
    expect(rollout.pass(MINUTE_MS)).toEqual([]);
    rollout.world = { ...WORLD, candidate: { ...WORLD.candidate, incident: 1 } };
    expect(rollout.pass(MINUTE_MS)).toEqual(['breaker_closed']);
    expect(rollout.state.clock.holdMs).toBe(MINUTE_MS - TICK_MS);
    rollout.world = { ...WORLD, candidate: shut(2) };
    expect(rollout.pass(TICK_MS)).toEqual(['breaker_again']);
    expect(rollout.state).toMatchObject({ status: 'aborted', steps: 0, ended: { stage: 0 } });
    expect(rollout.effects.slice(-3).map(({ kind }) => kind)).toEqual(['expose', 'stop_arms', 'notify']);
  });

  it('sends nobody back to a stable model that is down, and aborts once it is back', () => {
    const rollout = run(ABORTING);
    rollout.world = { ...WORLD, stable: shut(1) };
    expect(rollout.pass(MINUTE_MS)).toEqual(['stable_down']);
    expect(rollout.pass(3 * HOUR_MS, 'bad')).toEqual(['gate_failed']);
    expect(rollout.state).toMatchObject({ status: 'active', steps: 2_000 });
    expect(rollout.because()).toBe('The rollout is to be aborted as soon as old can serve again.');
    rollout.world = WORLD;
    expect(rollout.pass(MINUTE_MS)).toEqual(['stable_back', 'gate_failed']);
    expect(rollout.state).toMatchObject({ status: 'aborted', steps: 0 });
  });

  it('aborts a failing candidate while it is paused', () => {
    const rollout = run(ABORTING);
    rollout.command('pause');
    expect(rollout.pass(MINUTE_MS, 'bad')).toEqual(['gate_failed']);
    expect(rollout.state.status).toBe('aborted');
  });

  it('ends with its model, and is not woken by it', () => {
    const rollout = run();
    rollout.world = { ...WORLD, candidate: { ...WORLD.candidate, isEnabled: false } };
    expect(rollout.give({ kind: 'world' })).toMatchObject({ code: 'killed', modelId: 'new' });
    rollout.world = WORLD;
    expect(rollout.pass(HOUR_MS)).toEqual([]);
    expect(rollout.command('retry', { stage: 0 })).toMatchObject({ code: 'retried', steps: 100 });
  });

  it('ends when the route is changed beneath it', () => {
    const rollout = run();
    rollout.world = { ...WORLD, route: { ...WORLD.route, isIntact: false } };
    expect(rollout.pass(TICK_MS)).toEqual(['route_edited']);
  });

  it('is paused with its route, and stays so when the route is enabled', () => {
    const rollout = run();
    rollout.world = { ...WORLD, route: { ...WORLD.route, isEnabled: false } };
    rollout.give({ kind: 'world' });
    expect(blocksOf(rollout.state.blocks)).toEqual(['operator_pause', 'route_disabled']);
    rollout.world = WORLD;
    rollout.give({ kind: 'world' });
    expect(blocksOf(rollout.state.blocks)).toEqual(['operator_pause']);
  });

  it('obeys a command once, and none from an old page', () => {
    const rollout = run();
    const { version } = rollout.state;
    expect(rollout.command('promote', { commandId: 'c1' })).toMatchObject({ code: 'promoted', stage: 1 });
    const seen = { stage: 0, expectedVersion: version };
    expect(rollout.command('promote', { commandId: 'c1', ...seen })).toBeNull();
    expect(rollout.command('promote', { commandId: 'c2', ...seen })).toMatchObject({ code: 'stale_version' });
    expect(rollout.command('promote', { stage: 0 })).toMatchObject({ code: 'stale_stage', stage: 1 });
    expect(rollout.command('abort', { stage: null, expectedVersion: null })).toMatchObject({
      code: 'aborted',
    });
  });

  it.each<[string, Partial<World>, Traffic, object]>([
    ['nothing', {}, 'good', { code: 'promoted' }],
    ['an open breaker', { candidate: shut(1) }, 'good', { code: 'breaker_open' }],
    ['a stable that is down', { stable: shut(1) }, 'good', { code: 'needs_force', block: 'breaker_stable' }],
    ['a failed gate', {}, 'bad', { code: 'needs_force', block: 'gate_failed' }],
    ['too few data', {}, 'few', { code: 'promoted' }],
  ])('promotes by hand past %s as far as it may', (_, world, traffic, expected) => {
    const rollout = run();
    rollout.pass(MINUTE_MS, traffic);
    rollout.world = { ...WORLD, ...world };
    expect(rollout.command('promote')).toMatchObject(expected);
  });

  it('passes a failed gate by with force, which needs a role', () => {
    const rollout = run();
    rollout.pass(MINUTE_MS, 'bad');
    expect(rollout.command('promote', { force: true })).toEqual({ code: 'force_not_allowed' });
    expect(rollout.command('promote', { force: true, mayForce: true })).toMatchObject({
      code: 'promoted',
      accepted: ['gate_failed'],
    });
  });

  it('takes what comes together in the order of its weight', () => {
    const inputs: RolloutInput[] = [
      { kind: 'tick', reading: { status: 'failed', detail: '' } },
      ...(['promote', 'promote-full', 'pause', 'abort'] as const).map((name) => commandOf(name, DRAFT)),
      { kind: 'world' },
    ];
    const names = (world: World) =>
      inPrecedence(inputs, world).map((input) => (input.kind === 'command' ? input.name : input.kind));
    const rest = ['pause', 'promote-full', 'promote', 'tick'];
    expect(names(WORLD)).toEqual(['abort', 'world', ...rest]);
    const killed = { ...WORLD, candidate: { ...WORLD.candidate, isEnabled: false } };
    expect(names(killed)).toEqual(['world', 'abort', ...rest]);
  });
});
