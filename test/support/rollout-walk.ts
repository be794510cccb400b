import { createRng, type Rng } from '../../sim/rng.ts';
import { TICK_MS } from '../../src/domain/rollout/credit.ts';
import type { Reading } from '../../src/domain/rollout/gate-evidence.ts';
import {
  COMMANDS,
  isUsable,
  type Moment,
  type RolloutInput,
  type World,
} from '../../src/domain/rollout/input.ts';
import { notAdvancingBecause } from '../../src/domain/rollout/not-advancing.ts';
import { type Plan, type Stage, stageAt } from '../../src/domain/rollout/plan.ts';
import { sayRefusal } from '../../src/domain/rollout/refusal-words.ts';
import { blocksOf, DRAFT, FREEZING, type RolloutState } from '../../src/domain/rollout/state.ts';
import { evolve, type RolloutEvent } from '../../src/domain/rollout/transition.ts';
import { sayReason } from '../../src/domain/rollout/words.ts';
import { type Step, stepRollout } from '../../src/domain/rollout.ts';
import {
  commandOf,
  gateOf,
  HOUR_MS,
  planOf,
  readingOf,
  stageOf,
  type Traffic,
  WORLD,
} from './rollout-scene.ts';

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

const HEALTHY = gateOf({ metric: 'error_rate', op: '<', limit: 0.005, onFail: 'abort', hardLimit: 0.5 });
const FAST = gateOf({ metric: 'latency_p95', op: '<', limit: 8_000 });
const COUNT = gateOf({ metric: 'error_count', op: '<=', limit: 0, minSamples: 1 });
const WARNING = gateOf({ metric: 'abandon_rate', op: '<', limit: 0.1, onFail: 'warn' });
const GUARD = gateOf({
  metric: 'error_rate',
  isVsStable: true,
  op: '<=',
  limit: 2,
  mode: 'confident',
  onFail: 'abort',
  onNoData: 'warn',
});
const SURE = gateOf({ metric: 'error_rate', op: '<', limit: 0.005, mode: 'confident' });
const short = { holdMs: 4 * TICK_MS, quietMs: 2 * TICK_MS, maxWaitMs: 10 * TICK_MS };
const PLANS: readonly Plan[] = [
  planOf([
    stageOf(1, { ...short, gates: [COUNT] }),
    stageOf(5, { ...short, gates: [HEALTHY, WARNING, GUARD] }),
    stageOf(50, { ...short, gates: [FAST, WARNING], needsApproval: true }),
    stageOf(100, { ...short, gates: [FAST] }),
  ]),
  planOf([
    stageOf(20, { ...short, quietMs: 6 * TICK_MS, gates: [SURE] }),
    stageOf(100, { ...short, gates: [HEALTHY] }),
  ]),
  planOf([
    stageOf(10, { ...short, gates: [COUNT, HEALTHY] }),
    stageOf(100, { ...short, gates: [FAST], needsApproval: true }),
  ]),
];

/** Said here again, so that a change of it is noticed: of a silence no more than two ticks count. */
const MOST_CREDIT_MS = 20_000;

/** Walks at random through the lives of rollouts and stops at the first thing that may never be. */
export function walkRollout({ seed, steps }: Walk): Walked {
  const walker = new Walker(createRng('rollout', seed));
  for (let step = 0; step < steps; step += 1) {
    const fault = walker.step();
    if (fault !== null) return { ...walker.told, fault: `seed ${seed}, step ${step}: ${fault}` };
  }
  return { ...walker.told, fault: null };
}

type Offered = Traffic | 'failed' | 'late';
const MOODS = `good good good good sour few few close close bad none failed late skewed`.split(
  ' ',
) as Offered[];

/** A step that was not refused, with all that it came from. */
interface Done {
  readonly before: RolloutState;
  readonly step: Extract<Step, { kind: 'done' }>;
  readonly input: RolloutInput;
  readonly moment: Moment;
  /** Of a tick: what the metrics said. */
  readonly mood: Offered | undefined;
}

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
    return { nowMs: this.#nowMs, fence: this.#fence, world: this.#world };
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
    return this.#judge({ before, step, input, moment, mood });
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
    const standing = this.#standing(state);
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
    return this.#exposure(about) ?? this.#automatic(about, event);
  }

  /** What is so in every state. */
  #standing(state: RolloutState): string | null {
    const { status, steps } = state;
    if (status === 'active' && steps !== stageAt(this.#plan, state.stage).steps)
      return 'R8: exposure is not the stage’s';
    if (status === 'completed' && steps !== 10_000) return 'R5: completed below 100 %';
    if (status !== 'active' && status !== 'completed' && steps !== 0) return `R5: ${status} with users`;
    if (status !== 'active' && blocksOf(state.blocks).length > 0) return `blocks while ${status}`;
    const because = notAdvancingBecause(this.#plan, state, null);
    if ((because === null) !== (status !== 'active')) return 'an active rollout says nothing';
    return because !== null && sayReason(because).en === '' ? 'an empty sentence' : null;
  }

  #exposure({ before, step: { state, effects }, input }: Done): string | null {
    const causes = ['start', 'retry', 'promote', 'promote-full'];
    const mayRise = input.kind === 'tick' || (input.kind === 'command' && causes.includes(input.name));
    if (state.steps > before.steps && !mayRise) return `R1: exposure rose through ${input.kind}`;
    if (state.steps > before.steps && before.blocks.operator_pause) return 'R4: exposure rose while paused';
    if (state.steps !== before.steps && state.status !== 'completed') {
      if (!effects.some((effect) => effect.kind === 'expose' && effect.steps === state.steps))
        return 'a share that nobody publishes';
    }
    if (before.status === 'completed' && state.status !== 'completed') return 'R6: completed was left';
    const isRetry = input.kind === 'command' && input.name === 'retry';
    if (before.status === 'aborted' && state.status !== 'aborted' && !isRetry) return 'R6: aborted was left';
    return null;
  }

  /** What nobody asked for. */
  #automatic({ before, step, moment, mood, input }: Done, event: RolloutEvent): string | null {
    if (input.kind === 'command') return null;
    const { state } = step;
    const { code } = event.reason;
    if (moment.world.candidate.isEnabled === false && state.status === 'active')
      return 'R7: a killed model goes on';
    if (state.status === 'aborted') {
      const isForced = code === 'killed' || code === 'route_edited';
      if (!isForced && !isUsable(moment.world.stable))
        return `R20: ${code} sent users to a stable that is down`;
      const isJudged = code === 'gate_failed' && before.dueAbort === null;
      if (isJudged && mood !== 'bad' && mood !== 'close') return `R16: aborted on ${mood}`;
    }
    if (state.stage === before.stage && state.status !== 'completed') return null;
    const stage = stageAt(this.#plan, before.stage);
    if (state.status !== 'completed' && state.stage !== before.stage + 1) return 'R2: a stage was left out';
    if (mood === undefined || !isEnough(stage, mood)) return `R16, R3: went on on ${mood}`;
    if (blocksOf(before.blocks).length > 0) return `R3: went on while ${blocksOf(before.blocks).join()}`;
    if (event.patch.clock?.holdMs === undefined) return 'an event without a clock';
    const { holdMs, quietMs } = before.clock;
    if (holdMs + MOST_CREDIT_MS < stage.holdMs || quietMs + MOST_CREDIT_MS < stage.quietMs)
      return 'R3: too early';
    if (stage.needsApproval && before.approval === null) return 'R3: went on without approval';
    const latched = before.failed.some((i) => stage.gates[i]?.onFail !== 'warn');
    return latched ? 'R15: went on after a failed gate' : null;
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

/** Whether a stage may be passed on such figures. */
function isEnough({ gates, steps }: Stage, mood: Offered): boolean {
  const awaited = gates.filter(({ onFail, onNoData }) => onFail !== 'warn' && onNoData !== 'warn');
  switch (mood) {
    case 'good':
    case 'sour':
      return true;
    case 'few':
      return awaited.every(({ minSamples }) => minSamples <= 3);
    case 'close':
      return awaited.every(({ metric, mode }) => metric !== 'error_count' && mode === 'point');
    case 'skewed':
      return steps === 10_000;
    default:
      return false;
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
