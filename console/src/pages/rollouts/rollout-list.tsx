import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';
import { type Rollout, RolloutState, useSaid } from './rollout-words.tsx';

export function RolloutList(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const rollouts = useApi('GET /rollouts', { query: ALL, everyMs: 3_000 });
  const add = useMay('operator') && (
    <Link href="/rollouts/new" asChild>
      <Button type="primary" icon={<PlusOutlined />}>
        {t('rollouts.add')}
      </Button>
    </Link>
  );
  return (
    <Page title={t('nav.rollouts')} lead={t('rollouts.lead')} actions={add}>
      <Panel isFlush>
        <Known of={rollouts}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title={t('rollouts.none')} advice={t('rollouts.noneAdvice')} action={add} />
            ) : (
              <DataTable<Rollout>
                rowKey="id"
                dataSource={items}
                columns={[
                  {
                    title: t('rollouts.rollout'),
                    dataIndex: 'id',
                    render: (id: string) => <Link href={`/rollouts/${encodeURIComponent(id)}`}>{id}</Link>,
                  },
                  {
                    title: t('models.state'),
                    key: 'state',
                    render: (_, rollout) => <RolloutState rollout={rollout} />,
                  },
                  {
                    title: t('rollouts.candidate'),
                    dataIndex: 'candidate_model_id',
                    render: (id: string) => <ModelName id={id} />,
                  },
                  {
                    title: t('rollouts.stage'),
                    key: 'stage',
                    align: 'right',
                    render: (_, { stage, stages, weight }) =>
                      `${stage + 1} / ${stages.length} · ${format.percent(weight)}`,
                  },
                  {
                    title: t('rollouts.why'),
                    key: 'why',
                    render: (_, { because, ended }) => said(because ?? ended?.said) ?? '–',
                  },
                ]}
              />
            )
          }
        </Known>
      </Panel>
    </Page>
  );
}
