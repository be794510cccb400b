import { createRng, type Rng } from '../../sim/rng.ts';
import { TICK_MS } from '../../src/domain/rollout/credit.ts';
import type { Moment, RolloutInput } from '../../src/domain/rollout/input.ts';
import { type Block, DRAFT, type RolloutState } from '../../src/domain/rollout/state.ts';
import { STANDARD_STAGES } from '../../src/domain/rollout/template.ts';
import { stepRollout } from '../../src/domain/rollout.ts';
import { automaticFault, exposureFault, standingFault } from './rollout-invariants.ts';
import {
  commandOf,
  HOUR_MS,
  MINUTE_MS,
  momentOf,
  planOf,
  readingOf,
  type Traffic,
  WORLD,
} from './rollout-scene.ts';

const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2025, 0, 6); // a Monday
const PLAN = planOf(STANDARD_STAGES);
/** Blocks that a person looks into in working hours. */
const FOR_PEOPLE: readonly Block[] = ['awaiting_approval', 'gate_failed', 'srm', 'operator_pause'];

/** What a candidate is: bad ones from some hour after their start on; of poor ones the breaker opens now and then. */
type Quality = 'good' | 'bad' | 'poor';

export interface Release {
  readonly quality: Quality;
  readonly end: 'completed' | 'aborted' | 'going on';
  readonly days: number;
  /** Of ten thousand users, the most that it had. */
  readonly mostSteps: number;
  /** It got more users on figures that were bad. */
  readonly grewWhileBad: boolean;
}

export interface Year {
  readonly releases: readonly Release[];
  /** The first invariant that did not hold; null when all did. */
  readonly fault: string | null;
  readonly ticks: number;
}

export interface YearOptions {
  readonly seed: number;
  readonly days: number;
}

/**
 * A team's releases, one after the other, with a look every ten seconds: nights with hardly a request, restarts that take
 * up to an hour, breakers that open, and operators who answer on working days from nine to five.
 */
export function simulateYear({ seed, days }: YearOptions): Year {
  const rng = createRng('rollout year', seed);
  const endMs = START_MS + days * DAY_MS;
  const releases: Release[] = [];
  let [nowMs, ticks] = [START_MS, 0];
  while (nowMs < endMs) {
    const quality = rng.pick(['good', 'good', 'good', 'bad', 'poor'] as const);
    const one = new ReleaseRun({ rng, quality, startMs: nowMs, endMs });
    const fault = one.run();
    ticks += one.ticks;
    releases.push(one.release);
    if (fault !== null)
      return { releases, ticks, fault: `seed ${seed}, release ${releases.length}: ${fault}` };
    nowMs = nextMorning(one.nowMs + DAY_MS);
  }
  return { releases, ticks, fault: null };
}

const isWorkingTime = (ms: number): boolean => {
  const hour = Math.floor((ms % DAY_MS) / HOUR_MS);
  return hour >= 9 && hour < 17 && new Date(ms).getUTCDay() % 6 !== 0;
};

function nextMorning(ms: number): number {
  let morning = Math.ceil(ms / DAY_MS) * DAY_MS + 9 * HOUR_MS;
  while (!isWorkingTime(morning)) morning += DAY_MS;
  return morning;
}

interface RunOptions {
  readonly rng: Rng;
  readonly quality: Quality;
  readonly startMs: number;
  readonly endMs: number;
}

class ReleaseRun {
  readonly #rng: Rng;
  readonly #quality: Quality;
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #badFromMs: number;
  #state: RolloutState = DRAFT;
  #world = WORLD;
  #shutUntilMs = 0;
  #mostSteps = 0;
  #grewWhileBad = false;
  nowMs: number;
  ticks = 0;

  constructor({ rng, quality, startMs, endMs }: RunOptions) {
    this.#rng = rng;
    this.#quality = quality;
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#badFromMs = quality === 'bad' ? startMs + rng.int(20 * HOUR_MS) : Number.POSITIVE_INFINITY;
    this.nowMs = startMs;
  }

  get release(): Release {
    const { status } = this.#state;
    return {
      quality: this.#quality,
      end: status === 'completed' || status === 'aborted' ? status : 'going on',
      days: (this.nowMs - this.#startMs) / DAY_MS,
      mostSteps: this.#mostSteps,
      grewWhileBad: this.#grewWhileBad,
    };
  }

  run(): string | null {
    let fault = this.#do(commandOf('start', this.#state));
    while (fault === null && this.#state.status === 'active' && this.nowMs < this.#endMs) {
      this.#pass();
      const traffic = this.#traffic();
      this.ticks += 1;
      fault =
        this.#do({ kind: 'tick', reading: readingOf(PLAN, this.#state, traffic) }, traffic) ??
        this.#operate();
    }
    return fault;
  }

  /** Ten seconds; about once a week the process is down for up to an hour. */
  #pass(): void {
    this.nowMs += this.#rng.chance(1 / 60_000) ? this.#rng.int(HOUR_MS) : TICK_MS;
    const { candidate } = this.#world;
    if (this.#shutUntilMs !== 0 && this.nowMs >= this.#shutUntilMs) {
      this.#shutUntilMs = 0;
      this.#world = { ...WORLD, candidate: { ...candidate, breaker: 'CLOSED' } };
    } else if (this.#shutUntilMs === 0 && this.#quality === 'poor' && this.#rng.chance(1 / 12_000)) {
      this.#shutUntilMs = this.nowMs + 5 * MINUTE_MS;
      this.#world = {
        ...WORLD,
        candidate: { ...candidate, breaker: 'OPEN', incident: candidate.incident + 1 },
      };
    }
  }

  /** From midnight to six hardly anybody asks. */
  #traffic(): Traffic {
    if (this.nowMs >= this.#badFromMs) return 'bad';
    return this.nowMs % DAY_MS < 6 * HOUR_MS ? 'few' : 'good';
  }

  /** Looks about every ten minutes; who sees a gate that failed aborts, and approves what has passed. */
  #operate(): string | null {
    const { status, blocks } = this.#state;
    const isAsked = FOR_PEOPLE.some((block) => blocks[block] !== undefined);
    if (status !== 'active' || !isAsked || !isWorkingTime(this.nowMs) || !this.#rng.chance(1 / 60))
      return null;
    if (blocks.awaiting_approval) return this.#do(commandOf('approve', this.#state));
    return this.#do(commandOf(this.#quality === 'bad' ? 'abort' : 'resume', this.#state));
  }

  #do(input: RolloutInput, mood?: Traffic): string | null {
    const before = this.#state;
    const moment: Moment = momentOf(this.nowMs, this.#world);
    const step = stepRollout(PLAN, before, input, moment);
    if (step.kind === 'refused') return `${input.kind} was refused: ${step.refusal.code}`;
    this.#state = step.state;
    this.#mostSteps = Math.max(this.#mostSteps, step.state.steps);
    if (mood === 'bad' && step.state.steps > before.steps) this.#grewWhileBad = true;
    const done = { plan: PLAN, before, step, input, moment, mood };
    return (
      standingFault(PLAN, step.state) ??
      exposureFault(done) ??
      (step.event === null ? null : automaticFault(done, step.event))
    );
  }
}
