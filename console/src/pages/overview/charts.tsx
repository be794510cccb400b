import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../api/use-api.ts';
import { useMetricText } from '../../parts/metric-text.ts';
import { Panel } from '../../parts/panel.tsx';
import { TimeChart } from '../../parts/time-chart.tsx';
import { useModelColour } from '../../parts/use-models.ts';
import { STEP_OF, type Window } from '../../parts/window-choice.tsx';

const EVERY_MS = 10_000;
const METRICS = ['latency_p50', 'latency_p95', 'error_rate', 'ttft_p50'] as const;

/** How each model did over the window. */
export function Charts({ window }: { readonly window: Window }): ReactNode {
  return (
    <div className="grid">
      {METRICS.map((metric) => (
        <Panel key={metric}>
          <MetricChart metric={metric} window={window} />
        </Panel>
      ))}
    </div>
  );
}

interface MetricChartProps {
  readonly metric: string;
  readonly window: Window;
  readonly modelId?: string;
}

export function MetricChart({ metric, window, modelId }: MetricChartProps): ReactNode {
  const { t } = useTranslation();
  const { nameOf, textOf } = useMetricText();
  const colourOf = useModelColour();
  const query = {
    metric,
    window,
    step: STEP_OF[window],
    ...(modelId !== undefined && { model_id: modelId }),
  };
  const { data } = useApi('GET /metrics/series', { query, everyMs: EVERY_MS });
  const lines = (data?.items ?? []).map(({ model_id, points }) => ({
    name: model_id,
    colour: colourOf(model_id),
    points,
  }));
  const unit = data?.metric.unit ?? 'ms';
  return (
    <TimeChart
      title={data ? nameOf(data.metric) : t('common.loading')}
      lines={lines}
      range={data}
      show={(value) => textOf(unit, value)}
    />
  );
}
