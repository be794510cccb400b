import { useTranslation } from 'react-i18next';
import { useApi } from '../api/use-api.ts';
import { useMetricText } from './metric-text.ts';

const VS_STABLE = '_vs_stable';

interface KnownMetric {
  readonly name: string;
  readonly unit: string;
  /** Its value is how many times that of stable. */
  readonly isRatio: boolean;
}

/** Names and units of metrics by their ids, also of those that are held against stable. */
export function useMetrics(): (id: string) => KnownMetric {
  const { t } = useTranslation();
  const { nameOf } = useMetricText();
  const metrics = useApi('GET /metrics/models', { query: { window: '5m' } }).data?.metrics ?? [];
  return (id) => {
    const isRatio = id.endsWith(VS_STABLE);
    const metric = metrics.find((one) => one.id === (isRatio ? id.slice(0, -VS_STABLE.length) : id));
    if (!metric) return { name: id, unit: 'count', isRatio };
    const name = nameOf(metric);
    return {
      name: isRatio ? t('rollouts.againstStable', { metric: name }) : name,
      unit: metric.unit,
      isRatio,
    };
  };
}
