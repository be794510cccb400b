import { describe, expect, it } from 'vitest';
import type { MetricId } from '../metric.ts';
import { differenceText, join, timesText, valueText } from './words.ts';

describe('words', () => {
  it.each<[MetricId, number, string, string]>([
    ['task_completion', 0.6342, '63.4 %', '63.4 %'],
    ['session_depth', 3.4567, '3.46 rounds', '3.46 轮'],
    ['latency_p95', 842.4, '842 ms', '842 ms'],
    ['latency_p95', 8_421, '8.42 s', '8.42 s'],
    ['tokens_per_answer', 120.25, '120.3 tokens', '120.3 tokens'],
    ['rating', 0.5, '0.50', '0.50'],
  ])('%s of %d is %s', (metric, value, en, zh) => {
    expect(valueText(metric, value)).toEqual({ en, zh });
  });

  it('signs differences, and counts shares in points', () => {
    expect(differenceText('task_completion', 0.0804)).toEqual({ en: '+8.0 points', zh: '+8.0 个百分点' });
    expect(differenceText('error_rate', -0.004)).toEqual({ en: '−0.4 points', zh: '−0.4 个百分点' });
    expect(differenceText('session_depth', -1.2).en).toBe('−1.20 rounds');
    expect(timesText(Math.log(0.7))).toBe('× 0.70');
  });

  it('joins sentences as each language does', () => {
    expect(join({ en: 'One.', zh: '一。' }, null, { en: 'Two.', zh: '二。' })).toEqual({
      en: 'One. Two.',
      zh: '一。二。',
    });
  });
});
