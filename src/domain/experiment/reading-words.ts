import type { ExperimentMetric, Target } from '../experiment.ts';
import { METRICS, type MetricId } from '../metric.ts';
import type { GuardrailStatus } from './guardrail.ts';
import { scaleFor } from './metric-inference.ts';
import type { MetricReading, ReadingNumbers, TargetStatus } from './metric-reading.ts';
import {
  boundText,
  differenceText,
  FAILURE_WORDS,
  join,
  marginText,
  nameOf,
  percentText,
  type Said,
  timesText,
  valueText,
} from './words.ts';

/** What a reading says, for a person who was not there. */
export function sayReading(reading: MetricReading, spec: ExperimentMetric, isFinal: boolean): Said {
  const { name } = METRICS[reading.metric];
  const inside = nameOf(reading.metric);
  switch (reading.verdict) {
    case 'invalid':
      return {
        en: `${name.en} cannot be read: the experiment itself is in doubt.`,
        zh: `无法解读${name.zh}：实验本身存疑。`,
      };
    case 'not_enough_data': {
      const because = FAILURE_WORDS[reading.because];
      const head = {
        en: `There is not enough data to compare ${inside.en}: ${because.en}.`,
        zh: `数据不足，无法比较${name.zh}：${because.zh}。`,
      };
      return reading.guardrail === 'safe' && spec.margin !== null
        ? join(head, sayGuardrail('safe', spec, spec.margin))
        : head;
    }
    default:
      break;
  }
  if ('because' in reading) return sayRareEvent(reading.metric, reading.arm, reading.p);
  const { numbers, verdict, target, guardrail } = reading;
  const figures = sayFigures(reading.metric, numbers);
  const head: Record<typeof verdict, Said> = {
    better: { en: `${name.en} is better with ${reading.arm}:`, zh: `${reading.arm} 的${name.zh}更好：` },
    worse: { en: `${name.en} is worse with ${reading.arm}:`, zh: `${reading.arm} 的${name.zh}更差：` },
    no_difference_shown: {
      en: `No difference in ${inside.en} is shown for ${reading.arm}:`,
      zh: `${reading.arm} 的${name.zh}未显示差异：`,
    },
  };
  return join(
    head[verdict],
    figures,
    verdict === 'no_difference_shown' ? sayProgress(numbers, isFinal) : null,
    target === null || spec.target === null ? null : sayTarget(target, reading.metric, spec.target),
    guardrail === null || spec.margin === null ? null : sayGuardrail(guardrail, spec, spec.margin),
  );
}

function sayRareEvent(metric: MetricId, arm: string, p: number): Said {
  const { name } = METRICS[metric];
  const chance = p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
  return {
    en: `${name.en} is worse with ${arm}: more of its users were struck than chance explains (exact test, ${chance}).`,
    zh: `${arm} 的${name.zh}更差：受影响的用户多于偶然所能解释的数量（精确检验，${chance}）。`,
  };
}

function sayFigures(
  metric: MetricId,
  { control, treatment, scale, est, lo, hi, alpha }: ReadingNumbers,
): Said {
  const [a, b] = [valueText(metric, control), valueText(metric, treatment)];
  const isRatio = scale === 'log';
  const level = percentText(1 - alpha, alpha < 0.01 ? 1 : 0);
  const difference = isRatio
    ? { en: timesText(est), zh: `为对照组的 ${Math.exp(est).toFixed(2)} 倍` }
    : differenceText(metric, est);
  const [from, to] = [lo, hi].map((end) => (isRatio ? Math.exp(end).toFixed(2) : boundText(metric, end)));
  return {
    en: `${b.en} against ${a.en}, ${difference.en} (${level} interval ${from} to ${to}).`,
    zh: `${b.zh}，对照组 ${a.zh}，${isRatio ? '' : '相差 '}${difference.zh}（${level} 区间 ${from} 至 ${to}）。`,
  };
}

function sayProgress({ users, usersNeeded }: ReadingNumbers, isFinal: boolean): Said {
  if (isFinal || usersNeeded === null || users >= usersNeeded) {
    return {
      en: 'That is no proof that there is none: what lies in the interval is possible.',
      zh: '这并不证明没有差异：区间内的数值都有可能。',
    };
  }
  const [had, needed] = [users, usersNeeded].map((count) => count.toLocaleString('en-US'));
  return {
    en: `So far ${had} of about ${needed} users that the target needs.`,
    zh: `目前有 ${had} 名用户，达到目标约需 ${needed} 名。`,
  };
}

function sayTarget(status: TargetStatus, metric: MetricId, target: Target): Said {
  const text =
    target.kind === 'absolute'
      ? differenceText(metric, target.value)
      : { en: `at most × ${target.value}`, zh: `不超过 × ${target.value}` };
  switch (status) {
    case 'reached':
      return { en: `The target (${text.en}) is reached.`, zh: `已达到目标（${text.zh}）。` };
    case 'missed':
      return { en: `The target (${text.en}) is missed.`, zh: `未达到目标（${text.zh}）。` };
    case 'open':
      return {
        en: `Whether the target (${text.en}) is reached is open.`,
        zh: `是否达到目标（${text.zh}）尚无定论。`,
      };
  }
}

function sayGuardrail(status: GuardrailStatus, spec: ExperimentMetric, margin: number): Said {
  const isRelative = scaleFor(spec) === 'log';
  const text = isRelative
    ? { en: percentText(margin), zh: percentText(margin) }
    : marginText(spec.metric, margin);
  switch (status) {
    case 'safe':
      return {
        en: `It is surely not worse by more than the margin (${text.en}).`,
        zh: `可以确定没有变差超过允许范围（${text.zh}）。`,
      };
    case 'harmed':
      return {
        en: `The guardrail (margin ${text.en}) does not hold.`,
        zh: `护栏指标（允许范围 ${text.zh}）未守住。`,
      };
    case 'harmed_within_margin':
      return {
        en: `It is worse, but surely within the margin (${text.en}).`,
        zh: `确实变差，但可以确定仍在允许范围内（${text.zh}）。`,
      };
    case 'open':
      return {
        en: `Whether it stays within the margin (${text.en}) is open.`,
        zh: `是否仍在允许范围内（${text.zh}）尚无定论。`,
      };
  }
}
