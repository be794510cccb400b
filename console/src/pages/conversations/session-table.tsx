import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { EndlessTable } from '../../parts/endless-table.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ASK } from './ask.ts';

export function SessionTable({ query }: { readonly query: object }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [, goTo] = useLocation();
  const pages = usePages('GET /sessions', query);
  const addressOf = (instance: string): string => `/conversations/${encodeURIComponent(instance)}`;
  return (
    <EndlessTable
      pages={pages}
      rowKey="session_instance"
      width={990}
      onOpen={({ session_instance }) => goTo(addressOf(session_instance))}
      empty={
        <EmptyState title={t('conversations.none')} advice={t('conversations.noneAdvice')} command={ASK} />
      }
      columns={[
        {
          title: t('conversations.started'),
          width: 120,
          render: (_, { started_at, session_instance }) => (
            <Link href={addressOf(session_instance)}>
              <TimeText time={started_at} />
            </Link>
          ),
        },
        { title: t('who.user'), width: 130, ellipsis: true, render: (_, { user_id }) => user_id ?? '–' },
        {
          title: t('common.model'),
          width: 180,
          render: (_, { model_id }) => (model_id === null ? '–' : <ModelName id={model_id} isLink={false} />),
        },
        { title: t('conversations.rounds'), width: 80, align: 'right', dataIndex: 'rounds' },
        {
          title: t('conversations.stay'),
          width: 100,
          align: 'right',
          render: (_, { stay_ms }) => format.duration(stay_ms),
        },
        {
          title: t('conversations.mean'),
          width: 110,
          align: 'right',
          render: (_, { latency_mean_ms: ms }) => (ms === null ? '–' : format.duration(ms)),
        },
        { title: t('conversations.followUps'), width: 90, align: 'right', dataIndex: 'follow_ups' },
        { title: t('conversations.errors'), width: 70, align: 'right', dataIndex: 'errors' },
        {
          title: t('conversations.end'),
          width: 110,
          render: (_, { completed, abandoned }) => <Ending completed={completed} abandoned={abandoned} />,
        },
      ]}
    />
  );
}

interface EndingProps {
  readonly completed: boolean | null;
  readonly abandoned: boolean | null;
}

export function Ending({ completed, abandoned }: EndingProps): ReactNode {
  const { t } = useTranslation();
  if (completed === null) return <StateTag tone="info">{t('conversations.open')}</StateTag>;
  if (completed) return <StateTag tone="good">{t('conversations.completed')}</StateTag>;
  if (abandoned) return <StateTag tone="warn">{t('conversations.abandoned')}</StateTag>;
  return <StateTag tone="muted">{t('conversations.closed')}</StateTag>;
}
