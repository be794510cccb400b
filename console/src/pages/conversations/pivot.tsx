import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Known } from '../../parts/known.tsx';
import { figureOf, type ModelFigures, useMetricText } from '../../parts/metric-text.ts';
import { ModelName } from '../../parts/model-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import type { RangeQuery } from '../../parts/range-choice.tsx';
import { ErrorClasses } from '../overview/error-classes.tsx';

const SHOWN = [
  'latency_mean',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'session_stay',
  'session_depth',
  'completion_rate',
  'abandon_rate',
  'follow_up_rate',
  'task_completion',
  'rating',
];

/** Models as columns: response time, stay and quality, then errors by class. */
export function Pivot({ range }: { readonly range: RangeQuery }): ReactNode {
  const { t } = useTranslation();
  const { nameOf, textOf } = useMetricText();
  const figures = useApi('GET /metrics/models', { query: range });
  const cell = (model: ModelFigures, { id, unit }: { id: string; unit: string }): string => {
    const figure = figureOf(model, id);
    return figure ? textOf(unit, figure.value) : '–';
  };
  return (
    <Known of={figures}>
      {(table) => (
        <>
          <Panel isFlush title={t('conversations.pivotTitle')}>
            <DataTable
              size="middle"
              rowKey="id"
              dataSource={table.metrics.filter(({ id }) => SHOWN.includes(id))}
              columns={[
                { title: t('conversations.figure'), key: 'name', render: (_, metric) => nameOf(metric) },
                ...table.items.map((model) => ({
                  title: <ModelName id={model.model_id} isLink={false} />,
                  key: model.model_id,
                  align: 'right' as const,
                  render: (_: unknown, metric: (typeof table.metrics)[number]) => cell(model, metric),
                })),
              ]}
            />
          </Panel>
          <ErrorClasses table={table} />
        </>
      )}
    </Known>
  );
}
