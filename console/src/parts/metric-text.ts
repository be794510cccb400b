import { useTranslation } from 'react-i18next';
import type { Answer } from '../api/call.ts';
import { type Format, useFormat } from './use-format.ts';

type Table = Answer<'GET /metrics/models'>;
export type ModelFigures = Table['items'][number];
export type MetricDefinition = Table['metrics'][number];

/** A figure of a model, or null where nothing was measured. */
export function figureOf(model: ModelFigures, metric: string): { value: number; samples: number } | null {
  const figure = model.metrics[metric];
  return figure?.status === 'ok' ? figure : null;
}

/** Writes a value in the unit of its metric. */
export function valueText(format: Format, unit: string, value: number): string {
  if (unit === 'ratio') return format.share(value);
  if (unit === 'ms') return format.duration(value);
  return format.decimal(value);
}

/** Names and values of metrics as the registry of the gateway has them. */
export function useMetricText() {
  const { i18n } = useTranslation();
  const format = useFormat();
  return {
    nameOf: ({ name }: Pick<MetricDefinition, 'name'>): string =>
      i18n.language === 'zh-CN' ? name.zh : name.en,
    textOf: (unit: string, value: number): string => valueText(format, unit, value),
  };
}
