import { describe, expect, it } from 'vitest';
import { BREAKER } from '../../test/config-fixture.ts';
import {
  arithmeticOf,
  CHANGE_WORDS,
  sayFailuresInARow,
  sayProbeFailed,
  sayProbesPassed,
} from './breaker-words.ts';

describe('the words of breakers, in both languages', () => {
  it.each([
    [{ requests: 0, failures: 0 }, {}, 'nothing counted in 5 min', '5 分钟内没有计数'],
    [{ requests: 0, failures: 0 }, { windowMs: 90_000 }, 'nothing counted in 90 s', '90 秒内没有计数'],
    [{ requests: 180, failures: 7 }, {}, '7 of 180 = 3.9 % ≥ 3.0 %', '180 次中失败 7 次 = 3.9 % ≥ 3.0 %'],
    [{ requests: 165, failures: 5 }, {}, '5 of 165 = 3.03 % ≥ 3.0 %', '165 次中失败 5 次 = 3.03 % ≥ 3.0 %'],
    [{ requests: 200, failures: 1 }, {}, '1 of 200 = 0.5 % < 3.0 %', '200 次中失败 1 次 = 0.5 % < 3.0 %'],
    [
      { requests: 10, failures: 4 },
      {},
      '4 of 10 = 40.0 % ≥ 3.0 %, too few to judge (20 requests, 5 failures)',
      '10 次中失败 4 次 = 40.0 % ≥ 3.0 %，数量太少，不作判断（至少 20 次请求、5 次失败）',
    ],
  ])('say the arithmetic of %j %j', (counts, config, en, zh) => {
    expect(arithmeticOf(counts, { ...BREAKER, ...config })).toEqual({ en, zh });
  });

  it.each([
    [sayFailuresInARow(5), '5 failures in a row', '连续失败 5 次'],
    [sayProbeFailed('truncated'), 'a probe failed: truncated', '探测失败：truncated'],
    [sayProbesPassed(5), '5 of 5 probes went well', '5 次探测全部成功'],
  ])('say why it changed: %j', (said, en, zh) => expect(said).toEqual({ en, zh }));

  it('are Chinese in Chinese', () => {
    for (const { zh } of Object.values(CHANGE_WORDS)) expect(zh).toMatch(/^\P{Script=Latin}+$/u);
  });
});
