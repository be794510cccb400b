import { createRng } from '../../sim/rng.ts';
import { testRareEvent } from '../../src/domain/stats/rare-event.ts';
import { gatherRatioEvidence, SAMPLE_RATIO_ALARM } from '../../src/domain/stats/sample-ratio.ts';
import { atLeast, atMost, type Figure } from './figure.ts';
import { type Alarms, LAST_USERS, type Peeked, peek } from './peeking.ts';
import { BETTER_ARM, EQUAL_ARMS, LATENCY_P95, OPEN_ENDED, SESSIONS_AS_USERS } from './simulated-metrics.ts';

export interface CalibrationScale {
  /** Simulated experiments a metric. */
  readonly runs: number;
  /** Of those that cost much more. */
  readonly slowRuns: number;
}

/**
 * Experiments whose truth is known, looked at 72 times each: how often is a difference called where there is none, how
 * often is one found? Limits are those for 2,000 runs; with fewer they give way by what chance may do then.
 */
export function proveCalibration({ runs, slowRuns }: CalibrationScale): Figure[] {
  const better = peek(BETTER_ARM, { runs, truth: 0.03 });
  const wrong = peek(SESSIONS_AS_USERS, { runs: slowRuns });
  return [
    atLeast('experiments a metric', runs, runs),
    ...EQUAL_ARMS.flatMap((metric) => falseAlarms(metric, runs)),
    ...[OPEN_ENDED, LATENCY_P95].flatMap((metric) => falseAlarms(metric, slowRuns, 0.2)),
    atLeast(
      `${SESSIONS_AS_USERS.name}: always-valid, what the harness must notice`,
      100 * wrong.alwaysValid,
      8,
      '%',
    ),
    ...powerFigures(better, runs),
    atMost('rare event, looked at after each', 100 * rareEventAlarms(runs), falseAlarmLimit(0.05, runs), '%'),
    atMost(
      'sample ratio 50/50, e-value over 200 looks',
      100 * ratioAlarms(0.5, 200, runs),
      falseAlarmLimit(0.01, runs),
      '%',
    ),
    atLeast(
      'sample ratio 45/55, found by 2,000 users',
      100 * ratioAlarms(0.45, 20, runs),
      85 - margin(0.855, runs, 3),
      '%',
    ),
  ];
}

/** What chance may add to a share in so many runs, in percent. */
const margin = (share: number, runs: number, deviations: number): number =>
  100 * deviations * Math.sqrt((share * (1 - share)) / runs);

/** One-sided 95 % limit of what a test of exactly this level shows: 5.8 % for 5 % in 2,000 runs. */
const falseAlarmLimit = (alpha: number, runs: number): number => 100 * alpha + margin(alpha, runs, 1.645);

function falseAlarms(metric: Peeked, runs: number, naiveAtLeast = 0.25): Figure[] {
  const alarms = peek(metric, { runs });
  const limit = falseAlarmLimit(0.05, runs);
  const slack = margin(0.3, runs, 1.645) - margin(0.3, 2_000, 1.645);
  const { name } = metric;
  return [
    atMost(`${name}: always-valid, any look`, 100 * alarms.alwaysValid, limit, '%'),
    atMost(`${name}: always-valid one-sided`, 100 * alarms.oneSided, limit, '%'),
    atMost(`${name}: hybrid`, 100 * alarms.hybrid, limit, '%'),
    atLeast(
      `${name}: naive, any look`,
      100 * alarms.naiveAnyLook,
      100 * naiveAtLeast - Math.max(0, slack),
      '%',
    ),
    atMost(
      `${name}: naive at the end, away from 5 %`,
      Math.abs(100 * alarms.naiveAtEnd - 5),
      margin(0.05, runs, 3.08),
      '%',
    ),
  ];
}

function powerFigures(alarms: Alarms, runs: number): Figure[] {
  const { name } = BETTER_ARM;
  const band = Math.max(5, margin(0.58, runs, 3));
  return [
    atLeast(`${name}: found always-valid`, 100 * alarms.alwaysValid, 58 - band, '%'),
    atMost(`${name}: found always-valid`, 100 * alarms.alwaysValid, 58 + band, '%'),
    atLeast(
      `${name}: found by hybrid`,
      100 * alarms.hybrid,
      79 - (margin(0.82, runs, 3) - margin(0.82, 2_000, 3)),
      '%',
    ),
    atMost(
      `${name}: truth outside the interval at some look`,
      100 * alarms.missedTruth,
      falseAlarmLimit(0.05, runs),
      '%',
    ),
  ];
}

/** Users come by turns; the same share in both arms has an event. */
function rareEventAlarms(runs: number): number {
  const SHARE = 0.005;
  let alarms = 0;
  for (let run = 0; run < runs; run += 1) {
    const rng = createRng('calibration', 'rare event', run);
    let [inControl, inTreatment, isFound] = [0, 0, false];
    for (let users = 1; users <= LAST_USERS && !isFound; users += 1) {
      const [control, treatment] = [rng.chance(SHARE), rng.chance(SHARE)];
      if (control) inControl += 1;
      if (treatment) inTreatment += 1;
      if (!control && !treatment) continue;
      const test = testRareEvent({
        control: { users, withEvent: inControl },
        treatment: { users, withEvent: inTreatment },
      });
      isFound = test.status === 'ok' && test.p < 0.05;
    }
    if (isFound) alarms += 1;
  }
  return alarms / runs;
}

/** A hundred users between looks, of whom `share` come into the first of two equal arms. */
function ratioAlarms(share: number, looks: number, runs: number): number {
  const USERS = 100;
  let alarms = 0;
  for (let run = 0; run < runs; run += 1) {
    const rng = createRng('calibration', 'ratio', share, run);
    const increments = Array.from({ length: looks }, () => {
      let first = 0;
      for (let user = 0; user < USERS; user += 1) if (rng.chance(share)) first += 1;
      return [first, USERS - first];
    });
    const evidence = gatherRatioEvidence(increments, [1, 1]);
    if (evidence.status === 'ok' && evidence.p < SAMPLE_RATIO_ALARM.evidence) alarms += 1;
  }
  return alarms / runs;
}
