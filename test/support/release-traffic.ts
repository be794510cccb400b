import type { Rng } from '../../sim/rng.ts';
import { controlRange } from '../../src/domain/rollout/exposure.ts';
import { cellOfCounts, type GateEvidence, type Reading } from '../../src/domain/rollout/gate-evidence.ts';
import type { Gate } from '../../src/domain/rollout/plan.ts';
import { normalQuantile } from '../../src/domain/stats/distributions.ts';
import { quantileEstimate, quantileRank, quantileRanks } from '../../src/domain/stats/quantile.ts';
import type { GateQuestion } from '../../src/ports/metric-source.ts';

/** How a model answers in the simulated world. */
export interface Answering {
  /** Failures, of a class that says nothing about how the model is set up. */
  readonly errorRate: number;
  readonly latencyMsP95: number;
}
/** What the release is measured against. */
export const STABLE: Answering = { errorRate: 0.002, latencyMsP95: 5_000 };

const REQUESTS_A_MINUTE = 1_000_000 / 1_440;
export const USERS = 100_000;
const REQUESTS_A_SESSION = 3;
const [COMPLETED, ABANDONED] = [0.4, 0.05];
/** Of the logarithm of a latency. */
const SIGMA = 1;

/** Latencies are drawn from so many equally likely values, sorted into steps of 1 %. */
const DRAWS = 16_384;
const STEP = Math.log(1.01);
const BINS = 1_600;
const NORMALS = Float64Array.from({ length: DRAWS }, (_, i) => normalQuantile((i + 0.5) / DRAWS));
const Z95 = normalQuantile(0.95);
const binOf = (ms: number): number => Math.min(BINS - 1, Math.max(0, Math.floor(Math.log(ms) / STEP)));

const draws = new Map<number, Int16Array>();

function drawsOf({ latencyMsP95 }: Answering): Int16Array {
  const shift = Math.log(latencyMsP95) - SIGMA * Z95;
  const known =
    draws.get(latencyMsP95) ?? Int16Array.from(NORMALS, (z) => binOf(Math.exp(shift + SIGMA * z)));
  draws.set(latencyMsP95, known);
  return known;
}

/** Counts of one group since the epoch began. */
class Group {
  readonly #rng: Rng;
  readonly #how: Answering;
  readonly #bins: Int16Array;
  readonly latencies = new Int32Array(BINS);
  requests = 0;
  failures = 0;
  sessions = 0;
  completed = 0;
  abandoned = 0;
  users = 0;

  constructor(rng: Rng, how: Answering) {
    this.#rng = rng;
    this.#how = how;
    this.#bins = drawsOf(how);
  }

  /** Adds the counts of one minute of so large a share of the users. */
  pass(share: number): void {
    const rng = this.#rng;
    const requests = this.#count(REQUESTS_A_MINUTE * share);
    const failures = Math.min(requests, this.#count(requests * this.#how.errorRate));
    for (let i = failures; i < requests; i += 1) {
      const bin = this.#bins[rng.int(DRAWS)] ?? 0;
      this.latencies[bin] = (this.latencies[bin] ?? 0) + 1;
    }
    const sessions = Math.round(requests / REQUESTS_A_SESSION);
    this.requests += requests;
    this.failures += failures;
    this.sessions += sessions;
    this.completed += Math.min(sessions, this.#count(sessions * COMPLETED));
    this.abandoned += Math.min(sessions, this.#count(sessions * ABANDONED));
    const unseen = USERS * share - this.users;
    this.users += Math.min(unseen, this.#count(unseen * (1 - Math.exp(-REQUESTS_A_MINUTE / USERS))));
  }

  /** Poisson; by the normal distribution where the mean is large. */
  #count(mean: number): number {
    if (mean > 50) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * (NORMALS[this.#rng.int(DRAWS)] ?? 0)));
    }
    let [count, left] = [0, Math.exp(-Math.max(0, mean))];
    for (let product = this.#rng.next(); product > left; product *= this.#rng.next()) count += 1;
    return count;
  }

  /** Good answers that took longer, and all failures: those are infinitely slow. */
  slowerThan(ms: number): number {
    let slow = this.failures;
    for (let bin = binOf(ms); bin < BINS; bin += 1) slow += this.latencies[bin] ?? 0;
    return slow;
  }

  /** Within a bin latencies are taken as evenly spread. */
  valueAt(rank: number): number {
    let below = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      const here = this.latencies[bin] ?? 0;
      if (below + here >= rank) return Math.exp((bin + (rank - below) / here) * STEP);
      below += here;
    }
    return Number.POSITIVE_INFINITY;
  }

  quantile(p: number): Extract<GateEvidence, { kind: 'quantile' }>['candidate'] {
    const requests = this.requests;
    if (requests === 0) return { estimate: { status: 'insufficient_data' }, requests };
    const rank = quantileRank(requests, p);
    const users = {
      users: requests,
      requests,
      sSum: rank,
      sSumSquares: rank,
      nSumSquares: requests,
      snSum: rank,
    };
    const ranks = quantileRanks(users, p);
    if (ranks.status !== 'ok') return { estimate: ranks, requests };
    const [at, lower, upper] = [rank, ranks.lower, ranks.upper].map((one) => this.valueAt(one));
    const values = { at: at ?? Number.NaN, lower: lower ?? Number.NaN, upper: upper ?? Number.NaN };
    return { estimate: quantileEstimate(requests, values), requests };
  }
}

export interface ReleaseTraffic {
  /** Lets minutes pass at a share of the candidate; 0 for nobody at all. */
  pass(minutes: number, steps: number): void;
  /** What the metrics say of the present epoch; a new one begins with empty counts. */
  read(question: GateQuestion): Reading;
  /** Users who were given the candidate at least once, expected. */
  touched(): number;
}

/** A million requests a day in per-minute counts, of which the candidate gets its share. */
export function createReleaseTraffic(rng: Rng, how: Answering | null): ReleaseTraffic {
  let epoch = 0;
  let [candidate, control] = [new Group(rng, how ?? STABLE), new Group(rng, STABLE)];
  const minutesAt = new Map<number, number>();
  return {
    pass(minutes, steps) {
      minutesAt.set(steps, (minutesAt.get(steps) ?? 0) + minutes);
      if (how === null) return;
      const { from, below } = controlRange(steps);
      for (let minute = 0; minute < minutes; minute += 1) {
        candidate.pass(steps / 10_000);
        if (below > from) control.pass((below - from) / 10_000);
      }
    },
    read(question) {
      if (question.epoch !== epoch) {
        epoch = question.epoch;
        [candidate, control] = [new Group(rng, how ?? STABLE), new Group(rng, STABLE)];
      }
      const gates = question.gates.map((gate) => evidenceOf(gate, candidate, control));
      const counts = { candidate: candidate.users, control: control.users, both: 0 };
      const users = question.steps === 10_000 ? null : counts;
      return { status: 'ok', epoch, requests: candidate.requests, gates, users };
    },
    touched() {
      // who was given the candidate at a small share keeps it at every larger one
      const shares = [...minutesAt.keys()].toSorted((a, b) => b - a);
      let [total, minutes] = [0, 0];
      for (const [i, steps] of shares.entries()) {
        minutes += minutesAt.get(steps) ?? 0;
        const users = ((steps - (shares[i + 1] ?? 0)) / 10_000) * USERS;
        total += users * (1 - Math.exp((-minutes * REQUESTS_A_MINUTE) / USERS));
      }
      return total;
    },
  };
}

function evidenceOf(gate: Gate, candidate: Group, control: Group): GateEvidence {
  if (gate.metric === 'latency_p95' && gate.isVsStable) {
    return { kind: 'quantile', candidate: candidate.quantile(0.95), control: control.quantile(0.95) };
  }
  const [events, of] = countsOf(gate, candidate);
  const isSlowness = gate.metric === 'latency_p95';
  return {
    kind: 'ratio',
    candidate: cellOfCounts(events, of),
    control: gate.isVsStable ? cellOfCounts(...countsOf(gate, control)) : null,
    beyondHardLimit: isSlowness && gate.hardLimit !== null ? candidate.slowerThan(gate.hardLimit) : null,
    shownMs: isSlowness && of > 0 ? candidate.valueAt(quantileRank(of, 0.95)) : null,
    errors: gate.metric === 'error_count' ? {} : null,
  };
}

function countsOf({ metric, limit }: Gate, group: Group): [events: number, of: number] {
  switch (metric) {
    case 'error_count':
      return [0, group.requests];
    case 'error_rate':
      return [group.failures, group.requests];
    case 'latency_p95':
      return [group.slowerThan(limit), group.requests];
    case 'completion_rate':
      return [group.completed, group.sessions];
    case 'abandon_rate':
      return [group.abandoned, group.sessions];
    case 'review_redundancy':
      return [10, 100];
    case 'review_accuracy':
    case 'review_instruction_following':
      return [96, 100];
    default:
      throw new Error(`the simulated world does not count ${metric}`);
  }
}
