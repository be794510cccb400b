import { METRICS, type MetricId, type MetricUnit } from '../metric.ts';
import type { StatsFailure } from '../stats/outcome.ts';

/** A sentence in both languages of the console. */
export interface Said {
  readonly en: string;
  readonly zh: string;
}

export const join = (...parts: readonly (Said | null)[]): Said => {
  const said = parts.filter((part) => part !== null);
  return { en: said.map(({ en }) => en).join(' '), zh: said.map(({ zh }) => zh).join('') };
};

/** A figure of a metric with its unit. */
export function valueText(metric: MetricId, value: number): Said {
  return inUnit(METRICS[metric].unit, value, (number) => number);
}

/** A difference in the metric's unit, signed; shares differ by percentage points. */
export function differenceText(metric: MetricId, difference: number): Said {
  return inPoints(metric, difference, (number) => signed(number));
}

/** How large a margin is. */
export function marginText(metric: MetricId, margin: number): Said {
  return inPoints(metric, margin, (number) => number);
}

function inPoints(metric: MetricId, difference: number, write: (number: string) => string): Said {
  const { unit } = METRICS[metric];
  if (unit !== 'ratio') return inUnit(unit, difference, write);
  const points = write((100 * difference).toFixed(1));
  return { en: `${points} points`, zh: `${points} 个百分点` };
}

/** The end of an interval, whose unit stands before it. */
export function boundText(metric: MetricId, bound: number): string {
  return METRICS[metric].unit === 'ratio' ? signed((100 * bound).toFixed(1)) : signed(bound.toFixed(2));
}

function signed(number: string): string {
  return number.startsWith('-') ? number.replace('-', '−') : `+${number}`;
}

/** A metric's name in the middle of a sentence. */
export function nameOf(metric: MetricId): Said {
  const { en, zh } = METRICS[metric].name;
  return { en: `${en.charAt(0).toLowerCase()}${en.slice(1)}`, zh };
}

export function percentText(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}

export const timesText = (logRatio: number): string => `× ${Math.exp(logRatio).toFixed(2)}`;

function inUnit(unit: MetricUnit, value: number, write: (number: string) => string): Said {
  const both = (text: string): Said => ({ en: text, zh: text });
  switch (unit) {
    case 'ratio':
      return both(write(percentText(value, 1)));
    case 'ms':
      return both(
        Math.abs(value) < 1_000 ? `${write(value.toFixed(0))} ms` : `${write((value / 1_000).toFixed(2))} s`,
      );
    case 'rounds':
      return { en: `${write(value.toFixed(2))} rounds`, zh: `${write(value.toFixed(2))} 轮` };
    case 'tokens':
      return both(`${write(value.toFixed(1))} tokens`);
    case 'tokens_per_second':
      return both(`${write(value.toFixed(1))} tokens/s`);
    case 'points':
    case 'count':
      return both(write(value.toFixed(2)));
  }
}

/** Why there is no number, as the end of a sentence. */
export const FAILURE_WORDS: Readonly<Record<StatsFailure, Said>> = {
  insufficient_data: { en: 'hardly anything has been observed yet', zh: '目前几乎没有观测数据' },
  zero_variance: { en: 'every user has the same value', zh: '所有用户的数值都相同' },
  negative_variance: { en: 'the sums contradict one another', zh: '汇总数据自相矛盾' },
  zero_denominator: { en: 'nothing was counted in one arm', zh: '有一组没有任何计数' },
  baseline_zero: {
    en: 'the control is at zero, so nothing is relative to it',
    zh: '对照组为零，无法计算相对值',
  },
  baseline_nonpositive: {
    en: 'one arm is at zero, so there is no ratio of the two',
    zh: '有一组为零，无法计算两者的比值',
  },
  baseline_not_separated_from_zero: {
    en: 'the control may be zero, so there is no ratio to it',
    zh: '对照组与零没有区分开，无法计算比值',
  },
  invalid_input: { en: 'the counts make no sense', zh: '计数无效' },
  units_in_zero_weight_arm: { en: 'an arm that takes no users has some', zh: '不应有用户的组出现了用户' },
  insufficient_users: { en: 'an arm has fewer than 100 users', zh: '有一组不足 100 名用户' },
  sparse_counts: {
    en: 'an arm has fewer than 10 cases of one kind, so only the exact test applies',
    zh: '有一组某类情况不足 10 例，只能使用精确检验',
  },
  unstable_denominator: {
    en: 'what is counted per user varies too much for so few users',
    zh: '每用户的计数波动过大，用户数太少',
  },
  insufficient_tail: { en: 'too few requests lie beyond the quantile', zh: '超出该分位数的请求太少' },
};
