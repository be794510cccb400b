import { describe, expect, it } from 'vitest';
import { createRng } from '../../sim/rng.ts';
import { gateOf } from '../../test/support/rollout-scene.ts';
import { judgeGate } from './gate.ts';
import { cellOfCounts, type GateEvidence, type RatioEvidence } from './rollout/gate-evidence.ts';
import type { GateReading } from './rollout/gate-reading.ts';
import type { Gate } from './rollout/plan.ts';

const counted = (events: number, of: number, more: Partial<RatioEvidence> = {}): GateEvidence => ({
  kind: 'ratio',
  candidate: cellOfCounts(events, of),
  control: null,
  beyondHardLimit: null,
  shownMs: null,
  errors: null,
  ...more,
});
const against = (control: number, candidate: number, of: number) =>
  counted(candidate, of, { control: cellOfCounts(control, of) });
const OPTIONS = { isDue: true, alphaHarm: 0.001 };

const RATE = gateOf({ metric: 'error_rate', op: '<', limit: 0.005 });
const SURE = { ...RATE, mode: 'confident', minSamples: 1 } as const;
const P95 = gateOf({ metric: 'latency_p95', op: '<', limit: 8_000 });
const COUNT = gateOf({ metric: 'error_count', op: '<=', limit: 0, minSamples: 100 });
const COMPLETION = gateOf({ metric: 'completion_rate', op: '>=', limit: 0.7 });
const VERSUS = gateOf({ metric: 'error_rate', isVsStable: true, op: '<=', limit: 2 });
const SURE_VERSUS = { ...VERSUS, mode: 'confident' } as const;
const DEPTH = gateOf({ metric: 'session_depth', op: '>=', limit: 3 });

describe('a gate', () => {
  it.each<[string, Gate, GateEvidence | null, Partial<GateReading>]>([
    ['within its limit', RATE, counted(4, 1_000), { verdict: 'pass', value: 0.004, samples: 1_000 }],
    ['at a limit that is to be kept below', RATE, counted(5, 1_000), { verdict: 'fail', failedBy: 'limit' }],
    ['with too few samples, however bad', RATE, counted(2, 99), { verdict: 'no_data' }],
    ['without any', RATE, counted(0, 0), { verdict: 'no_data', value: null }],
    ['that could not be counted', RATE, null, { verdict: 'error' }],
    // Clopper–Pearson: 0 of 598, 1 of 947, 2 of 1,258, 5 of 2,101 are below 0.5 % with 95 %.
    ['sure with no error of 598', SURE, counted(0, 598), { verdict: 'pass' }],
    ['not sure with no error of 597', SURE, counted(0, 597), { verdict: 'inconclusive' }],
    ['sure with one error of 950', SURE, counted(1, 950), { verdict: 'pass' }],
    ['not sure with one error of 940', SURE, counted(1, 940), { verdict: 'inconclusive' }],
    ['sure with five of 2,105', SURE, counted(5, 2_105), { verdict: 'pass' }],
    [
      'sure of P95 with no slow one of 59',
      { ...P95, mode: 'confident', minSamples: 1 },
      counted(0, 59),
      { verdict: 'pass' },
    ],
    [
      'not sure of P95 with 58',
      { ...P95, mode: 'confident', minSamples: 1 },
      counted(0, 58),
      { verdict: 'inconclusive' },
    ],
    // Nearest rank: P95 of 100 is the 95th, so five may be slower.
    [
      'of P95 with five slow of 100',
      P95,
      counted(5, 100, { shownMs: 7_900 }),
      { verdict: 'pass', value: 7_900 },
    ],
    ['of P95 with six slow of 100', P95, counted(6, 100), { verdict: 'fail' }],
    ['of P95 with nine slow of 180', P95, counted(9, 180), { verdict: 'pass' }],
    [
      'beyond its hard limit',
      { ...RATE, hardLimit: 0.1 },
      counted(2, 20),
      { failedBy: 'hard_limit', isFinal: true },
    ],
    ['beyond it with 19 requests', { ...RATE, hardLimit: 0.1 }, counted(19, 19), { failedBy: 'harm' }],
    [
      'of P95 beyond its hard limit',
      { ...P95, hardLimit: 20_000 },
      counted(4, 20, { beyondHardLimit: 2 }),
      { failedBy: 'hard_limit' },
    ],
    [
      'of P95 within it',
      { ...P95, hardLimit: 20_000 },
      counted(4, 20, { beyondHardLimit: 1 }),
      { verdict: 'no_data' },
    ],
    ['of a count at the first failure', COUNT, counted(1, 3), { verdict: 'fail', isFinal: true }],
    ['of a count with too few requests', COUNT, counted(0, 99), { verdict: 'no_data' }],
    ['of a count with enough', COUNT, counted(0, 100), { verdict: 'pass' }],
    ['of a share that should be high', COMPLETION, counted(70, 100), { verdict: 'pass' }],
    ['of one that is too low', COMPLETION, counted(69, 100), { verdict: 'fail', failedBy: 'limit' }],
    ['of one that is surely too low', COMPLETION, counted(300, 1_000), { failedBy: 'harm' }],
    ['of an amount', DEPTH, counted(350, 100), { verdict: 'pass', value: 3.5 }],
    ['against stable', VERSUS, against(10, 19, 5_000), { verdict: 'pass', value: 1.9, control: 0.002 }],
    ['against stable, beyond', VERSUS, against(10, 21, 5_000), { verdict: 'fail', failedBy: 'limit' }],
    ['against stable, surely beyond', VERSUS, against(100, 400, 50_000), { failedBy: 'harm' }],
    ['against stable, where nobody errs', SURE_VERSUS, against(0, 0, 500), { verdict: 'pass', value: 1 }],
    ['against stable, fewer errors than stable', SURE_VERSUS, against(5, 0, 500), { verdict: 'pass' }],
    ['against stable, as many', SURE_VERSUS, against(100, 100, 50_000), { verdict: 'pass' }],
    ['against stable, as few', SURE_VERSUS, against(3, 3, 1_000), { verdict: 'inconclusive' }],
    ['against stable, with few requests', SURE_VERSUS, against(0, 0, 50), { verdict: 'no_data' }],
    ['against stable, thirty against none', SURE_VERSUS, against(0, 30, 500), { failedBy: 'harm' }],
  ])('%s', (_, gate, evidence, expected) => {
    expect(judgeGate(gate, evidence, OPTIONS)).toMatchObject(expected);
  });

  it('decides by its value only when hold and quiet time are over; harm stops at any time', () => {
    const options = { ...OPTIONS, isDue: false };
    expect(judgeGate(RATE, counted(6, 1_000), options).verdict).toBe('inconclusive');
    expect(judgeGate(RATE, counted(60, 1_000), options)).toMatchObject({ verdict: 'fail', failedBy: 'harm' });
    expect(judgeGate(VERSUS, against(1, 9, 1_000), options).verdict).toBe('inconclusive');
    expect(judgeGate(DEPTH, counted(250, 100), options).verdict).not.toBe('fail');
  });

  it('is not fooled by the requests of one user, who is one witness', () => {
    // 100 users with 10 requests each; one of them meets nothing but failures.
    const sums = {
      type: 'ratio',
      n: 100,
      mSum: 10,
      mSumSquares: 100,
      dSum: 1_000,
      dSumSquares: 10_000,
      mdSum: 100,
    } as const;
    const clustered = counted(0, 0, { candidate: { sums, usersWithEvent: 1 } });
    expect(judgeGate(RATE, clustered, { isDue: false, alphaHarm: 0.05 }).verdict).toBe('inconclusive');
    const confident = { ...SURE, limit: 0.019 };
    expect(judgeGate(confident, counted(10, 1_000), OPTIONS).verdict).toBe('pass');
    expect(judgeGate(confident, clustered, OPTIONS).verdict).toBe('inconclusive');
  });

  it('seldom calls harm what is none, however often one looks', () => {
    const rng = createRng('gate', 5);
    let alarms = 0;
    const runs = 300;
    for (let run = 0; run < runs; run += 1) {
      let [control, candidate] = [0, 0];
      for (let look = 1; look <= 40; look += 1) {
        for (let i = 0; i < 50; i += 1) {
          control += Number(rng.chance(0.01));
          candidate += Number(rng.chance(0.01));
        }
        const reading = judgeGate({ ...SURE_VERSUS, limit: 1 }, against(control, candidate, 50 * look), {
          isDue: false,
          alphaHarm: 0.05,
        });
        if (reading.verdict !== 'fail') continue;
        alarms += 1;
        break;
      }
    }
    expect(alarms / runs).toBeLessThan(0.05);
  });
});
