import { createRng, type Rng } from '../../sim/rng.ts';
import { TICK_MS } from '../../src/domain/rollout/credit.ts';
import type { Reading } from '../../src/domain/rollout/gate-evidence.ts';
import { COMMANDS, type Moment, type RolloutInput, type World } from '../../src/domain/rollout/input.ts';
import type { Plan } from '../../src/domain/rollout/plan.ts';
import { sayRefusal } from '../../src/domain/rollout/refusal-words.ts';
import { blocksOf, DRAFT, FREEZING, type RolloutState } from '../../src/domain/rollout/state.ts';
import { evolve, type RolloutEvent } from '../../src/domain/rollout/transition.ts';
import { sayReason } from '../../src/domain/rollout/words.ts';
import { stepRollout } from '../../src/domain/rollout.ts';
import {
  automaticFault,
  type Done,
  exposureFault,
  MOST_CREDIT_MS,
  type Offered,
  standingFault,
} from './rollout-invariants.ts';
import { PLANS } from './rollout-plans.ts';
import { commandOf, HOUR_MS, readingOf, WORLD } from './rollout-scene.ts';

export interface Walk {
  readonly seed: number;
  readonly steps: number;
}

export interface Walked {
  /** The first invariant that did not hold, with seed and step; null when all did. */
  readonly fault: string | null;
  /** How often each event and each block came: a walk that meets nothing proves nothing. */
  readonly events: Readonly<Record<string, number>>;
  readonly refused: number;
}

/** Walks at random through the lives of rollouts and stops at the first thing that may never be. */
export function walkRollout({ seed, steps }: Walk): Walked {
  const walker = new Walker(createRng('rollout', seed));
  for (let step = 0; step < steps; step += 1) {
    const fault = walker.step();
    if (fault !== null) return { ...walker.told, fault: `seed ${seed}, step ${step}: ${fault}` };
  }
  return { ...walker.told, fault: null };
}

const MOODS = `good good good good sour few few close close bad none failed late skewed`.split(
  ' ',
) as Offered[];

class Walker {
  readonly #rng: Rng;
  readonly #events: Record<string, number> = {};
  #refused = 0;
  #plan: Plan = PLANS[0] as Plan;
  #state: RolloutState = DRAFT;
  #replayed: RolloutState = DRAFT;
  #world: World = WORLD;
  #nowMs = 1_750_000_000_000;
  #fence = 1;
  #mood: Offered = 'good';
  /** Credit that the present epoch can have earned at most. */
  #observedMs = 0;
  readonly #keys = new Set<string>();
  readonly #commandIds: string[] = [];

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  get told(): Omit<Walked, 'fault'> {
    return { events: this.#events, refused: this.#refused };
  }

  step(): string | null {
    const rng = this.#rng;
    if (rng.chance(0.02)) this.#mood = rng.pick(MOODS);
    const isOver = ['completed', 'cancelled'].includes(this.#state.status);
    if (isOver && rng.chance(0.2)) this.#begin();
    if (this.#state.status === 'draft' && rng.chance(0.1)) return this.#do(commandOf('start', this.#state));
    if (rng.chance(0.004)) return this.#settles();
    const draw = rng.next();
    if (draw < 0.75) return this.#tick();
    if (draw < 0.87) return this.#command();
    if (draw < 0.95) return this.#turn();
    if (draw < 0.96) return this.#do({ kind: 'model_edited', modelId: rng.pick(['old', 'new', 'other']) });
    if (draw < 0.98) {
      this.#nowMs += rng.int(8 * TICK_MS);
      return this.#do({ kind: 'watch' });
    }
    return this.#rival();
  }

  #begin(): void {
    this.#plan = this.#rng.pick(PLANS);
    this.#state = DRAFT;
    this.#replayed = DRAFT;
    this.#world = WORLD;
    this.#fence = 1;
    this.#keys.clear();
    this.#commandIds.length = 0;
  }

  #moment(): Moment {
    return { nowMs: this.#nowMs, fence: this.#fence, tickMs: TICK_MS, world: this.#world };
  }

  #reading(mood: Offered): Reading {
    if (mood === 'failed') return { status: 'failed', detail: 'no answer' };
    if (mood === 'late') return readingOf(this.#plan, this.#state, 'good', this.#state.epoch - 1);
    return readingOf(this.#plan, this.#state, mood);
  }

  #tick(mood = this.#mood): string | null {
    const rng = this.#rng;
    // Mostly in time; sometimes the process was down for hours, or the clock was set back.
    const [isAway, isSetBack] = [rng.chance(0.005), rng.chance(0.005)];
    if (isAway) this.#nowMs += rng.int(6 * HOUR_MS);
    else this.#nowMs += isSetBack ? -rng.int(HOUR_MS) : TICK_MS + rng.int(3_000);
    return this.#do({ kind: 'tick', reading: this.#reading(mood) }, mood);
  }

  #command(): string | null {
    const rng = this.#rng;
    const name = rng.pick([...COMMANDS, 'resume', 'resume', 'approve', 'approve', 'retry', 'retry'] as const);
    const isOld = rng.chance(0.2);
    const commandId = rng.chance(0.3) ? rng.pick([...this.#commandIds, `c${rng.int(1e9)}`]) : null;
    const isKnown = commandId !== null && this.#state.commandIds.includes(commandId);
    const stage = name === 'retry' ? rng.int(3) : this.#state.stage - (isOld && rng.chance(0.5) ? 1 : 0);
    const expectedVersion = this.#state.version - (isOld ? rng.int(3) : 0);
    const force = rng.chance(0.3);
    const command = commandOf(name, this.#state, {
      stage,
      expectedVersion,
      force,
      mayForce: rng.chance(0.7),
      commandId,
    });
    const before = this.#state;
    const fault = this.#do(command);
    if (fault !== null) return fault;
    if (isKnown && this.#state.version !== before.version) return 'R10: a command was obeyed twice';
    if (commandId !== null) this.#commandIds.push(commandId);
    const isAddressed = name !== 'abort' && name !== 'pause';
    const isStale = expectedVersion !== before.version || (name !== 'retry' && stage !== before.stage);
    if (isAddressed && isStale && this.#state.version !== before.version)
      return `R10: a stale ${name} was obeyed`;
    return null;
  }

  /** Something happens to a model or to the route, and is told at once, or found by the next tick. */
  #turn(): string | null {
    const rng = this.#rng;
    const { candidate, stable, route } = this.#world;
    const turned = (model: typeof candidate) => {
      const breaker = rng.pick(['CLOSED', 'CLOSED', 'OPEN', 'HALF_OPEN'] as const);
      const isLeaving = model.breaker === 'CLOSED' && breaker !== 'CLOSED';
      const isEnabled = model.isEnabled ? !rng.chance(0.01) : rng.chance(0.5);
      return { isEnabled, breaker, incident: model.incident + (isLeaving ? 1 : 0) };
    };
    const draw = rng.next();
    // Both fail at once: where there is nowhere to go back to.
    if (draw < 0.05) {
      this.#world = { ...this.#world, stable: { ...stable, breaker: 'OPEN' } };
      this.#mood = 'bad';
    } else if (draw < 0.2) this.#world = { ...this.#world, candidate: turned(candidate) };
    else if (draw < 0.5) this.#world = { ...this.#world, stable: turned(stable) };
    else if (draw < 0.6) {
      const isIntact = !rng.chance(0.02);
      this.#world = { ...this.#world, route: { ...route, isEnabled: rng.chance(0.7), isIntact } };
    } else this.#world = { ...WORLD, candidate: { ...WORLD.candidate, incident: candidate.incident } };
    return rng.chance(0.5) ? this.#do({ kind: 'world' }) : null;
  }

  /** R11: of two controllers only the one with the newer lease acts, and each change is made from what is kept. */
  #rival(): string | null {
    const older = { ...this.#moment(), fence: this.#fence };
    this.#fence += 1;
    const fault = this.#tick();
    if (fault !== null) return fault;
    const step = stepRollout(
      this.#plan,
      this.#state,
      { kind: 'tick', reading: this.#reading('good') },
      older,
    );
    return step.kind === 'refused' && step.refusal.code === 'not_leader' ? null : 'R11: an old lease acted';
  }

  #do(input: RolloutInput, mood?: Offered): string | null {
    const before = this.#state;
    const moment = this.#moment();
    const frozen = JSON.stringify(before);
    const step = stepRollout(this.#plan, before, input, moment);
    if (JSON.stringify(before) !== frozen) return 'R9: the state before was written to';
    if (this.#rng.chance(0.05)) {
      const again = stepRollout(this.#plan, JSON.parse(frozen), input, moment);
      if (JSON.stringify(again) !== JSON.stringify(step))
        return 'R17: another process would decide otherwise';
    }
    if (step.kind === 'refused') {
      this.#refused += 1;
      const { en, zh } = sayRefusal(step.refusal);
      if (input.kind !== 'command') return `R9: ${input.kind} was refused`;
      if (input.name === 'abort' && before.status === 'active') return 'R18: an abort was refused';
      return en.endsWith('.') && zh.endsWith('。') ? null : `a refusal without a sentence: ${en}`;
    }
    this.#state = step.state;
    this.#countCredit(before, step, input, moment);
    return this.#judge({ plan: this.#plan, before, step, input, moment, mood });
  }

  #countCredit(
    before: RolloutState,
    { state }: { state: RolloutState },
    input: RolloutInput,
    { nowMs }: Moment,
  ): void {
    const isFrozen = blocksOf(before.blocks).some((block) => FREEZING.includes(block));
    if (input.kind === 'tick' && before.status === 'active' && !isFrozen) {
      const passedMs = before.clock.tickedAtMs === null ? 0 : nowMs - before.clock.tickedAtMs;
      this.#observedMs += Math.min(Math.max(0, passedMs), MOST_CREDIT_MS);
    }
    if (state.epoch !== before.epoch) this.#observedMs = 0;
  }

  #judge(about: Done): string | null {
    const { before, step, input } = about;
    const { state, event } = step;
    if (state.version !== before.version + (event === null ? 0 : 1)) return 'R9, R19: one event, one version';
    if (state.clock.holdMs > this.#observedMs)
      return `R12: ${state.clock.holdMs} ms of credit for ${this.#observedMs}`;
    if (state.clock.holdMs < this.#observedMs && state.status === 'active')
      return 'R12: observed time was lost';
    const standing = standingFault(this.#plan, state);
    if (standing !== null) return standing;
    if (event === null) {
      const { clock: _, fence: __, ...kept } = state;
      const { clock: ___, fence: ____, ...was } = before;
      return JSON.stringify(kept) === JSON.stringify(was) ? null : 'R19: something changed without an event';
    }
    const raised = blocksOf(state.blocks).filter((block) => before.blocks[block] === undefined);
    for (const name of [event.type, ...raised]) this.#events[name] = (this.#events[name] ?? 0) + 1;
    this.#replayed = evolve(this.#replayed, JSON.parse(JSON.stringify(event)) as RolloutEvent);
    if (JSON.stringify(sorted(this.#replayed)) !== JSON.stringify(sorted(state)))
      return 'R13: events give another state';
    const { en, zh } = sayReason(event.reason);
    if (en === '' || zh === '' || /undefined|NaN/.test(en + zh)) return `no sentence: ${en}`;
    const notices = step.effects.filter(({ kind }) => kind === 'notify');
    if (notices.length > 1) return 'R19: two messages about one change';
    if (input.kind === 'command' && input.name === 'abort' && state.status !== 'aborted') return 'R18';
    return exposureFault(about) ?? automaticFault(about, event);
  }

  /** R14, R18: with all well and every approval given a rollout ends; and before that it can be aborted. */
  #settles(): string | null {
    if (this.#state.status !== 'active') return null;
    const kept = this.#state;
    const abort = stepRollout(
      this.#plan,
      kept,
      commandOf('abort', kept, { stage: null, expectedVersion: null }),
      this.#moment(),
    );
    if (abort.kind !== 'done' || abort.state.status !== 'aborted' || abort.state.steps !== 0)
      return 'R18: not aborted';
    this.#world = { ...WORLD, candidate: { ...WORLD.candidate, incident: this.#world.candidate.incident } };
    const most = 200 * this.#plan.stages.length;
    for (let turn = 0; turn < most && this.#state.status === 'active'; turn += 1) {
      const { blocks } = this.#state;
      if (blocks.operator_pause || blocks.gate_failed || blocks.srm) {
        const fault = this.#do(commandOf('resume', this.#state));
        if (fault !== null) return fault;
      }
      if (blocks.awaiting_approval) {
        const fault = this.#do(commandOf('approve', this.#state));
        if (fault !== null) return fault;
      }
      this.#nowMs += TICK_MS;
      const fault = this.#do({ kind: 'tick', reading: this.#reading('good') }, 'good');
      if (fault !== null) return fault;
    }
    return this.#state.status === 'active' ? `R14: still ${blocksOf(this.#state.blocks).join()}` : null;
  }
}

/** With its keys in one order, at every depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}
