import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { figureOf, type ModelFigures, useMetricText } from '../../parts/metric-text.ts';
import { ModelName } from '../../parts/model-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useFormat } from '../../parts/use-format.ts';

const SHOWN = [
  'error_rate',
  'latency_p50',
  'latency_p95',
  'ttft_p50',
  'tokens_per_second',
  'completion_rate',
  'follow_up_rate',
];

export function ModelTable({ table }: { readonly table: Answer<'GET /metrics/models'> }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { nameOf, textOf } = useMetricText();
  const metrics = SHOWN.flatMap((id) => table.metrics.find((metric) => metric.id === id) ?? []);
  return (
    <Panel title={t('overview.byModel')} isFlush>
      <DataTable<ModelFigures>
        size="middle"
        rowKey="model_id"
        dataSource={table.items}
        locale={{ emptyText: t('overview.noTraffic') }}
        columns={[
          {
            title: t('common.model'),
            dataIndex: 'model_id',
            fixed: 'left',
            render: (id: string) => <ModelName id={id} />,
          },
          { title: t('overview.attempts'), dataIndex: 'attempts', align: 'right', render: format.count },
          ...metrics.map((metric) => ({
            title: nameOf(metric),
            key: metric.id,
            align: 'right' as const,
            render: (_: unknown, model: ModelFigures) => {
              const figure = figureOf(model, metric.id);
              return figure ? textOf(metric.unit, figure.value) : '–';
            },
          })),
        ]}
      />
    </Panel>
  );
}
