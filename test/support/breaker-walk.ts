import { createRng, type Rng } from '../../sim/rng.ts';
import { Breaker, type Pass, type Verdict } from '../../src/domain/breaker.ts';
import type { BreakerState, BreakerStep } from '../../src/domain/breaker-change.ts';
import type { BreakerConfig } from '../../src/domain/config.ts';
import { BREAKER } from '../config-fixture.ts';
import { BreakerSpec, type Counted, type SpecTicket } from './breaker-spec.ts';

export interface Walk {
  readonly seed: number;
  readonly steps: number;
}

export interface Walked {
  readonly steps: number;
  /** How often it changed to each state. */
  readonly changes: Readonly<Record<BreakerState, number>>;
  readonly restarts: number;
  readonly leaked: number;
  readonly late: number;
  /** The first fault, with seed, step and invariant; null when all held. */
  readonly fault: string | null;
}

const LEASE_MS = 65_000;
const VERDICTS: readonly (readonly [Verdict, Counted])[] = [
  ['upstream_5xx', 'failure'],
  ['timeout_first_byte', 'failure'],
  ['timeout_idle', 'failure'],
  ['connection_reset', 'failure'],
  ['connection_refused', 'failure'],
  ['truncated', 'failure'],
  ['auth', 'failure'],
  ['model_not_found', 'failure'],
  ['overloaded', 'failure'],
  ['out_of_memory', 'failure'],
  ['invalid_response', 'failure'],
];
const NEUTRAL: readonly Verdict[] = [
  'client_abort',
  'rejected',
  'rate_limited',
  'bad_request',
  'context_length',
];
/** Requests under way at once; more are forgotten, as a crash of our own would. */
const MAX_UNDER_WAY = 40;

/** What the walk does next, and how often. */
const DEEDS = {
  enter: 40,
  leave: 44,
  wait: 8,
  settle: 4,
  leak: 1,
  restart: 0.3,
  force: 0.3,
  reconfigure: 0.3,
  idle: 0.3,
} as const;
type Deed = keyof typeof DEEDS;
const DEED_NAMES = Object.keys(DEEDS) as Deed[];
const ALL_WEIGHTS = Object.values(DEEDS).reduce((sum, weight) => sum + weight, 0);

const CONFIGS: readonly BreakerConfig[] = [
  BREAKER,
  { ...BREAKER, openFactor: 2 },
  {
    ...BREAKER,
    windowMs: 60_000,
    openMs: 20_000,
    probes: 3,
    probesAtOnce: 3,
    decayMs: 30_000,
    openFactor: 1.5,
  },
  { ...BREAKER, enabled: false },
  { ...BREAKER, errorRatePct: 10, minRequests: 5, minFailures: 1, consecutiveFailures: 50 },
];

/** Walks at random through the life of a breaker beside its specification, and stops at the first difference. */
export function walkBreaker({ seed, steps }: Walk): Walked {
  const walker = new Walker(createRng('breaker', seed));
  for (let step = 0; step < steps; step += 1) {
    const fault = walker.step();
    if (fault !== null) return { ...walker.told, steps: step, fault: `seed ${seed}, step ${step}: ${fault}` };
  }
  const fault = walker.recover();
  return { ...walker.told, steps, fault: fault === null ? null : `seed ${seed}, at the end: ${fault}` };
}

class Walker {
  readonly #rng: Rng;
  #nowMs = 1_000_000;
  #config = BREAKER;
  #breaker: Breaker;
  #spec: BreakerSpec;
  #underWay: { readonly pass: Pass; readonly ticket: SpecTicket }[] = [];
  #failRate = 0.01;
  #openedMs = 0;
  readonly #changes = { CLOSED: 0, OPEN: 0, HALF_OPEN: 0 };
  #restarts = 0;
  #leaked = 0;
  #late = 0;

  constructor(rng: Rng) {
    this.#rng = rng;
    this.#breaker = new Breaker({ config: BREAKER, leaseMs: LEASE_MS, nowMs: this.#nowMs });
    this.#spec = new BreakerSpec(BREAKER, LEASE_MS, this.#nowMs);
  }

  get told(): Omit<Walked, 'steps' | 'fault'> {
    return { changes: this.#changes, restarts: this.#restarts, leaked: this.#leaked, late: this.#late };
  }

  step(): string | null {
    if (this.#rng.chance(0.002)) this.#failRate = this.#rng.pick([0, 0.01, 0.03, 0.2, 1]);
    return this.#does(this.#draw()) ?? this.#compare();
  }

  /** B9: whatever has happened, a healthy model's breaker is closed after its time and its probes. */
  recover(): string | null {
    if (this.#spec.isHeld) this.#force('close');
    this.#underWay = [];
    const limitMs = this.#nowMs + this.#spec.openMs + LEASE_MS + this.#config.probes * 60_000;
    for (let turn = 0; turn < 10_000 && this.#breaker.state !== 'CLOSED'; turn += 1) {
      this.#nowMs += 1_000;
      const fault = this.#settle() ?? this.#enter() ?? this.#leave(['ok']) ?? this.#compare();
      if (fault !== null) return fault;
    }
    return this.#breaker.state === 'CLOSED' && this.#nowMs <= limitMs
      ? null
      : 'B9: a healthy model stays cut off';
  }

  #draw(): Deed {
    let left = this.#rng.next() * ALL_WEIGHTS;
    for (const name of DEED_NAMES) {
      left -= DEEDS[name];
      if (left < 0) return name;
    }
    return 'settle';
  }

  #does(deed: Deed): string | null {
    switch (deed) {
      case 'enter':
        return this.#settle() ?? this.#enter();
      case 'leave':
        return this.#leave();
      case 'wait':
        this.#nowMs += this.#rng.int(this.#rng.chance(0.1) ? 60_000 : 3_000);
        return null;
      case 'idle':
        this.#nowMs += this.#rng.int(12 * 3_600_000);
        return this.#settle();
      case 'settle':
        return this.#settle();
      case 'leak':
        if (this.#underWay.shift()) this.#leaked += 1;
        return null;
      case 'force':
        return this.#force(this.#rng.pick(['open', 'close', 'close', 'reset']));
      case 'reconfigure':
        return this.#reconfigure();
      case 'restart':
        return this.#restart();
    }
  }

  #enter(): string | null {
    const { state, standing, probesUnderWay, passed } = this.#breaker;
    const ticket = this.#spec.enter(this.#nowMs);
    const pass = this.#breaker.enter(this.#nowMs);
    const isProbe = pass < 0;
    if (isProbe !== (ticket.leaseDueMs !== null)) return `B4: a lease was ${isProbe ? 'given' : 'refused'}`;
    if (isProbe && standing !== 'probe') return 'a probe went although nobody was asked to';
    if (state === 'OPEN' && (isProbe || standing !== 'open')) return 'B3: somebody was let in while OPEN';
    if (isProbe) {
      const most = passed === 0 ? 1 : this.#config.probesAtOnce;
      if (probesUnderWay + 1 > most) return `B4: ${probesUnderWay + 1} probes at once`;
      if (passed + probesUnderWay + 1 > this.#config.probes) return 'B4: more probes than are asked for';
    }
    this.#underWay.push({ pass, ticket });
    if (this.#underWay.length > MAX_UNDER_WAY) this.#underWay.shift();
    return null;
  }

  #leave(fixed?: readonly [Counted]): string | null {
    const at = this.#rng.chance(0.2) ? this.#rng.int(this.#underWay.length) : this.#underWay.length - 1;
    const [one] = this.#underWay.splice(Math.max(0, at), 1);
    if (one === undefined) return null;
    const [verdict, counted] = fixed ? ([null, 'ok'] as const) : this.#outcome();
    const isStale = one.ticket.epoch !== this.#spec.epoch;
    if (isStale) this.#late += 1;
    const before = this.#spec.state;
    this.#spec.leave(one.ticket, counted, this.#nowMs);
    const step = this.#breaker.leave(one.pass, verdict, this.#nowMs);
    if (step !== null && isStale) return 'B6: what began in an earlier epoch changed the state';
    if (step !== null && counted === 'neutral') return `B5, B14: ${verdict} changed the state`;
    // Told twice counts once.
    if (
      this.#rng.chance(0.05) &&
      one.pass < 0 &&
      this.#breaker.leave(one.pass, verdict, this.#nowMs) !== null
    )
      return 'a lease was good twice';
    return this.#took(step, before);
  }

  #outcome(): readonly [Verdict, Counted] {
    if (this.#rng.chance(0.05)) return [this.#rng.pick(NEUTRAL), 'neutral'];
    return this.#rng.chance(this.#failRate) ? this.#rng.pick(VERDICTS) : [null, 'ok'];
  }

  #settle(): string | null {
    const before = this.#spec.state;
    this.#spec.settle(this.#nowMs);
    const step = this.#breaker.settle(this.#nowMs);
    const isBack = step?.reason === 'cooled_down';
    if (isBack && this.#nowMs - this.#openedMs < this.#config.openMs) return 'B2: it came back too early';
    return this.#took(step, before);
  }

  #force(action: 'open' | 'close' | 'reset'): string | null {
    this.#spec.force(action, this.#nowMs);
    return this.#took(this.#breaker.force(action, this.#nowMs), null);
  }

  #reconfigure(): string | null {
    const config = this.#rng.pick(CONFIGS);
    // The window's counts are those of its width.
    if (config.windowMs !== this.#config.windowMs) {
      this.#spec.outcomes = [];
      if (this.#breaker.consecutiveFailures > 0) return this.#force('reset');
    }
    // Only a change while closed keeps "at least so long" simple to say.
    if (this.#spec.state !== 'CLOSED') return null;
    this.#config = config;
    this.#spec.config = config;
    this.#breaker.reconfigure(config, LEASE_MS);
    return null;
  }

  /** Another process takes over after a while, with clocks that start anew. */
  #restart(): string | null {
    const downMs = this.#rng.int(this.#rng.chance(0.5) ? 5_000 : 600_000);
    const movedMs = this.#rng.int(1_000_000) - 500_000;
    const { memory } = this.#breaker;
    this.#nowMs += downMs + movedMs;
    this.#openedMs += movedMs;
    this.#breaker = new Breaker({
      config: this.#config,
      leaseMs: LEASE_MS,
      nowMs: this.#nowMs,
      memory: { ...memory, openUntilMs: memory.openUntilMs + movedMs },
    });
    this.#spec.restart(this.#nowMs, movedMs);
    this.#underWay = [];
    this.#restarts += 1;
    return this.#settle();
  }

  /** B1, and what the change says of itself. */
  #took(step: BreakerStep | null, before: BreakerState | null): string | null {
    if (step === null) return before !== null && before !== this.#spec.state ? 'a change was not told' : null;
    const { from, to, reason, epoch } = step;
    this.#changes[to] += 1;
    if (epoch !== this.#breaker.epoch) return 'a change told another epoch';
    if (to === 'OPEN') this.#openedMs = this.#nowMs;
    if (reason.startsWith('operator_') || reason === 'switched_off') return null;
    const allowed = ['CLOSED>OPEN', 'OPEN>HALF_OPEN', 'HALF_OPEN>OPEN', 'HALF_OPEN>CLOSED'];
    return allowed.includes(`${from}>${to}`) ? null : `B1: ${from} to ${to}`;
  }

  /** B7, B8, B10: the same state, for the same reasons, from the same counts. */
  #compare(): string | null {
    const breaker = this.#breaker;
    const spec = this.#spec;
    const { requests, failures } = breaker.counts(this.#nowMs);
    const counted = spec.counts(this.#nowMs);
    const own = [breaker.state, breaker.epoch, breaker.isHeld, breaker.passed, breaker.probesUnderWay];
    const theirs = [spec.state, spec.epoch, spec.isHeld, spec.passed, spec.leases.length];
    if (String(own) !== String(theirs)) return `B7, B8: is ${own}, must be ${theirs}`;
    if (requests !== counted.requests || failures !== counted.failures)
      return `B10: counts ${failures} of ${requests}, must be ${counted.failures} of ${counted.requests}`;
    if (breaker.state === 'OPEN' && !spec.isHeld && Math.abs(breaker.openUntilMs - spec.openUntilMs) > 0.001)
      return `is open until ${breaker.openUntilMs}, must be ${spec.openUntilMs}`;
    const isIdle = spec.mayProbe && spec.leases.length === 0;
    const wants = isIdle && this.#nowMs - spec.probedMs >= this.#config.probeEveryMs;
    return breaker.wantsProbe(this.#nowMs) === wants ? null : 'asks the model itself at the wrong time';
  }
}
