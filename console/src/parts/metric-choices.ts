import { useApi } from '../api/use-api.ts';
import { useMetricText } from './metric-text.ts';

interface MetricChoice {
  readonly value: string;
  readonly label: string;
}

/** Metrics that gates and experiments can judge by: all of the registry but means, which no failure leaves a value. */
export function useMetricChoices(): readonly MetricChoice[] {
  const { nameOf } = useMetricText();
  const metrics = useApi('GET /metrics/models', { query: { window: '5m' } }).data?.metrics ?? [];
  return metrics
    .filter(({ id }) => !id.endsWith('_mean'))
    .map((metric) => ({ value: metric.id, label: nameOf(metric) }));
}
