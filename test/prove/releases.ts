import { createRng } from '../../sim/rng.ts';
import { startRelease } from '../support/release-control.ts';
import { type Answering, createReleaseTraffic, STABLE } from '../support/release-traffic.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface ReleasesScale {
  /** Simulated releases of each kind. */
  readonly releases: number;
  /** Minutes between looks. Ten seconds in service; seldom looks are fewer chances to notice harm. */
  readonly lookMinutes: number;
}

interface Kind {
  readonly name: string;
  /** Null: nobody asks anything. */
  readonly candidate: Answering | null;
}
const KINDS = {
  errors: { name: "3 × stable's errors", candidate: { ...STABLE, errorRate: 3 * STABLE.errorRate } },
  slow: { name: 'P95 doubled', candidate: { ...STABLE, latencyMsP95: 2 * STABLE.latencyMsP95 } },
  equal: { name: 'equal', candidate: STABLE },
  silent: { name: 'no data', candidate: null },
} as const satisfies Record<string, Kind>;

const MINUTE_MS = 60_000;
/** A release that has come to no end is taken for one that goes on. */
const MOST_MINUTES = 7 * 1_440;
const SILENT_MINUTES = 1_440;
/** 5 % of the users. */
const EARLY_STEPS = 500;

interface Outcome {
  readonly end: 'completed' | 'aborted' | 'held' | 'going on';
  readonly mostSteps: number;
  readonly touched: number;
}

/**
 * Releases through the real control plane, its store included, in a world whose truth is known: stable errs at 0.2 %, its
 * P95 is 5 s, a million requests a day come as per-minute counts; standard template with a day at 5 %.
 */
export async function proveReleases({ releases, lookMinutes }: ReleasesScale): Promise<Figure[]> {
  const run = async (kind: Kind): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (let i = 0; i < releases; i += 1) outcomes.push(await release(kind, i, lookMinutes));
    return outcomes;
  };
  const [errors, slow] = [await run(KINDS.errors), await run(KINDS.slow)];
  const [equal, silent] = [await run(KINDS.equal), await run(KINDS.silent)];
  return [
    atLeast('releases of each kind', releases, releases),
    ...stoppedFigures(KINDS.errors, errors),
    ...stoppedFigures(KINDS.slow, slow),
    atLeast(
      'equal: reach 100 %',
      shareOf(equal, ({ end }) => end === 'completed'),
      95 - slack(0.95, releases),
      '%',
    ),
    atMost(
      'equal: wrongly aborted',
      shareOf(equal, ({ end }) => end === 'aborted'),
      2 + slack(0.02, releases),
      '%',
    ),
    atMost('no data: promoted', silent.filter(({ mostSteps }) => mostSteps > 100).length, 0),
    atMost('no data: aborted', silent.filter(({ end }) => end === 'aborted').length, 0),
  ];
}

/** What chance may add in fewer releases than a thousand, in percent. */
function slack(share: number, releases: number): number {
  const deviation = (n: number) => Math.sqrt((share * (1 - share)) / n);
  return Math.max(0, 300 * (deviation(releases) - deviation(1_000)));
}

function stoppedFigures({ name }: Kind, outcomes: readonly Outcome[]): Figure[] {
  const isStopped = ({ end, mostSteps }: Outcome) =>
    mostSteps <= EARLY_STEPS && (end === 'aborted' || end === 'held');
  const touched = outcomes.map((outcome) => outcome.touched);
  const limit = 99 - slack(0.99, outcomes.length);
  return [
    atLeast(`${name}: stopped at 5 % or before`, shareOf(outcomes, isStopped), limit, '%'),
    atMost(`${name}: users touched, median`, Math.round(percentile(touched, 0.5)), 5_000),
    atMost(`${name}: users touched, p95`, Math.round(percentile(touched, 0.95)), 5_000),
  ];
}

function shareOf(outcomes: readonly Outcome[], is: (outcome: Outcome) => boolean): number {
  return (100 * outcomes.filter(is).length) / outcomes.length;
}

async function release({ name, candidate }: Kind, seed: number, lookMinutes: number): Promise<Outcome> {
  const traffic = createReleaseTraffic(createRng('releases', name, seed), candidate);
  const tickMs = lookMinutes * MINUTE_MS;
  const control = await startRelease({ read: async (question) => traffic.read(question) }, tickMs);
  const mostMinutes = candidate === null ? SILENT_MINUTES : MOST_MINUTES;
  let mostSteps = 0;
  let end: Outcome['end'] = 'going on';
  for (let minutes = 0; minutes < mostMinutes && end === 'going on'; minutes += lookMinutes) {
    traffic.pass(lookMinutes, control.state().steps);
    await control.look(tickMs);
    const { status, blocks, steps } = control.state();
    if (status === 'active') mostSteps = Math.max(mostSteps, steps);
    if (blocks.awaiting_approval) await control.command('approve');
    if (status === 'completed' || status === 'aborted') end = status;
    else if (blocks.gate_failed || blocks.srm) end = 'held';
  }
  await control.close();
  return { end, mostSteps, touched: traffic.touched() };
}
