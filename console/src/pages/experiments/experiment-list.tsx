import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Answer } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';

type Experiment = Answer<'GET /experiments'>['items'][number];
const TONES: Readonly<Record<Experiment['status'], Tone>> = {
  draft: 'muted',
  running: 'info',
  stopped: 'good',
  archived: 'muted',
};

export function ExperimentState({ status }: Pick<Experiment, 'status'>): ReactNode {
  const { t } = useTranslation();
  return <StateTag tone={TONES[status]}>{t(`experimentStatus.${status}`)}</StateTag>;
}

export function ExperimentList(): ReactNode {
  const { t } = useTranslation();
  const experiments = useApi('GET /experiments', { query: ALL, everyMs: 10_000 });
  const add = useMay('operator') && (
    <Link href="/experiments/new" asChild>
      <Button type="primary" icon={<PlusOutlined />}>
        {t('experiments.add')}
      </Button>
    </Link>
  );
  return (
    <Page title={t('nav.experiments')} lead={t('experiments.lead')} actions={add}>
      <Panel isFlush>
        <Known of={experiments}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title={t('experiments.none')} advice={t('experiments.noneAdvice')} action={add} />
            ) : (
              <DataTable<Experiment>
                rowKey="id"
                dataSource={items}
                columns={[
                  {
                    title: t('experiments.experiment'),
                    key: 'id',
                    render: (_, { id, name }) => (
                      <Link href={`/experiments/${encodeURIComponent(id)}`}>{name}</Link>
                    ),
                  },
                  {
                    title: t('models.state'),
                    key: 'state',
                    render: (_, one) => <ExperimentState status={one.status} />,
                  },
                  { title: t('rollouts.route'), dataIndex: 'route_id' },
                  {
                    title: t('experiments.arms'),
                    key: 'arms',
                    render: (_, { arms }) => arms.map(({ name, share }) => `${name} ${share} %`).join(' · '),
                  },
                  {
                    title: t('experiments.ends'),
                    dataIndex: 'ends_at',
                    render: (at: string | null) => (at === null ? '–' : <TimeText time={at} />),
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
