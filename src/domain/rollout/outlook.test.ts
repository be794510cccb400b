import { describe, expect, it } from 'vitest';
import { gateOf, stageOf } from '../../../test/support/rollout-scene.ts';
import { lookAhead, type Traffic } from './outlook.ts';
import { samplesNeeded } from './samples-needed.ts';
import { STANDARD_STAGES } from './template.ts';

const SURE = gateOf({ metric: 'error_rate', op: '<', limit: 0.005, mode: 'confident' });
const POINT = gateOf({ metric: 'error_rate', op: '<', limit: 0.005, minSamples: 600 });
const traffic = (requests: number, share: number | null = null): Traffic => ({
  perDay: { attempt: requests, good_answer: requests, session: requests / 4 },
  shareOf: () => share,
});

describe('what a gate needs', () => {
  it.each([
    ['no error of 598', SURE, null, { kind: 'samples', samples: 598 }],
    ['more where stable errs, too', SURE, 0.002, { kind: 'samples', samples: 1_838 }],
    ['what nobody has who errs as stable', SURE, 0.005, { kind: 'never' }],
    ['what cannot be: surely none', { ...SURE, op: '<=', limit: 0 }, null, { kind: 'never' }],
    ['as many as were written', POINT, null, { kind: 'samples', samples: 600 }],
    [
      'unknown while stable has no figures',
      { ...SURE, isVsStable: true, limit: 2 },
      null,
      { kind: 'unknown' },
    ],
    [
      'never, to be surely better than an equal',
      { ...SURE, isVsStable: true, limit: 0.9 },
      0.002,
      { kind: 'never' },
    ],
    [
      '59 for P95',
      gateOf({ metric: 'latency_p95', op: '<', limit: 8_000, mode: 'confident', minSamples: 1 }),
      null,
      { kind: 'samples', samples: 59 },
    ],
  ] as const)('is %s', (_, gate, share, expected) => {
    const need = samplesNeeded(gate, share);
    if (expected.kind === 'samples' && share !== null) {
      expect(need.kind).toBe('samples');
      expect(Math.abs((need.kind === 'samples' ? need.samples : 0) / expected.samples - 1)).toBeLessThan(0.2);
    } else expect(need).toEqual(expected);
  });
});

describe('an outlook', () => {
  it('says how long a stage takes at the present traffic', () => {
    const [stage] = lookAhead(
      { stages: [stageOf(1, { gates: [POINT], maxWaitMs: 10 * 86_400_000 })] },
      traffic(8_000),
    );
    expect(stage).toMatchObject({ status: 'fits', days: 7.5 });
    expect(stage?.gates[0]?.said).toEqual({
      en: '600 requests at 80 a day = 7.5 days',
      zh: '600 个请求，每天 80，约需 7.5 天',
    });
  });

  it.each([
    ['too slow for its longest wait', stageOf(1, { gates: [POINT] }), 8_000, 'too_slow'],
    ['never, without traffic', stageOf(1, { gates: [POINT] }), 0, 'never'],
    ['never, for what cannot be proved', stageOf(50, { gates: [{ ...SURE, limit: 0 }] }), 1e6, 'never'],
    [
      'unknown, where people must look first',
      stageOf(50, { gates: [gateOf({ metric: 'review_accuracy', op: '>=', limit: 0.9 })] }),
      1e6,
      'unknown',
    ],
    ['as long as it is held', stageOf(50, { gates: [POINT] }), 1e6, 'fits'],
  ] as const)('is %s', (_, stage, requests, expected) => {
    expect(lookAhead({ stages: [stage] }, traffic(requests))[0]?.status).toBe(expected);
  });

  it('of the standard template at a million requests a day', () => {
    const stages = lookAhead({ stages: STANDARD_STAGES }, traffic(1e6, 0.3));
    expect(stages.map(({ status }) => status)).toEqual(['fits', 'fits', 'fits', 'unknown', 'fits']);
  });

  it('of the standard template at a hundred a day: too slow from 5 % on', () => {
    const stages = lookAhead({ stages: STANDARD_STAGES }, traffic(100));
    expect(stages.map(({ status }) => status)).toEqual(['fits', 'too_slow', 'too_slow', 'unknown', 'fits']);
  });
});
