import { useTranslation } from 'react-i18next';
import type { Answer } from '../api/call.ts';
import { useFormat } from './use-format.ts';

type Table = Answer<'GET /metrics/models'>;
export type ModelFigures = Table['items'][number];
export type MetricDefinition = Table['metrics'][number];

/** A figure of a model, or null where nothing was measured. */
export function figureOf(model: ModelFigures, metric: string): { value: number; samples: number } | null {
  const figure = model.metrics[metric];
  return figure?.status === 'ok' ? figure : null;
}

const COUNTED = ['rounds', 'tokens', 'tokens_per_second'] as const;

/** Names and values of metrics as the registry of the gateway has them. */
export function useMetricText() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const textOf = (unit: string, value: number): string => {
    if (unit === 'ratio') return format.share(value);
    if (unit === 'ms') return format.duration(value);
    const counted = COUNTED.find((one) => one === unit);
    return counted ? t(`unit.${counted}`, { n: format.decimal(value) }) : format.decimal(value);
  };
  return {
    nameOf: ({ name }: Pick<MetricDefinition, 'name'>): string =>
      i18n.language === 'zh-CN' ? name.zh : name.en,
    /** A value in the unit of its metric. */
    textOf,
    /** How far apart two values are, or how many times one is the other. */
    effectText: (unit: string, scale: 'difference' | 'ratio', value: number): string => {
      if (scale === 'ratio') return t('unit.times', { n: format.decimal(value) });
      const text =
        unit === 'ratio'
          ? t('unit.points', { n: format.decimal(Math.abs(value) * 100) })
          : textOf(unit, Math.abs(value));
      return `${value < 0 ? '−' : '+'}${text}`;
    },
  };
}
