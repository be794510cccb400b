import { Progress } from 'antd';
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
import { TimeText } from '../../parts/time-text.tsx';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';
import { NewBatch } from './new-batch.tsx';

type Batch = Answer<'GET /reviews'>['items'][number];

export function BatchList(): ReactNode {
  const { t } = useTranslation();
  const may = useMay('operator');
  const batches = useApi('GET /reviews', { query: ALL, everyMs: 10_000 });
  return (
    <Page title={t('nav.review')} lead={t('review.lead')}>
      <div className="stack">
        {may && <NewBatch />}
        <Panel isFlush>
          <Known of={batches}>
            {({ items }) => (
              <DataTable<Batch>
                rowKey="id"
                dataSource={items}
                locale={{
                  emptyText: <EmptyState title={t('review.none')} advice={t('review.noneAdvice')} />,
                }}
                columns={[
                  {
                    title: t('review.batch'),
                    dataIndex: 'id',
                    render: (id: string) => <Link href={`/review/${encodeURIComponent(id)}`}>{id}</Link>,
                  },
                  {
                    title: t('review.mode'),
                    dataIndex: 'mode',
                    render: (mode: Batch['mode']) => t(`review.modes.${mode}`),
                  },
                  {
                    title: t('nav.models'),
                    key: 'models',
                    render: (_, { model_ids }) => model_ids.join(' · '),
                  },
                  {
                    title: t('review.progress'),
                    key: 'progress',
                    width: 220,
                    render: (_, { rated, items: all }) => (
                      <Progress
                        aria-label={t('review.rated', { rated, all })}
                        percent={all === 0 ? 0 : Math.round((rated / all) * 100)}
                        format={() => `${rated} / ${all}`}
                      />
                    ),
                  },
                  {
                    title: t('settings.made'),
                    dataIndex: 'created_at',
                    render: (at: string) => <TimeText time={at} />,
                  },
                ]}
              />
            )}
          </Known>
        </Panel>
      </div>
    </Page>
  );
}
