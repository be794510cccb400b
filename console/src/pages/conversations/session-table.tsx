import { type ReactNode, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Answer } from '../../api/call.ts';
import { useLongList } from '../../api/use-long-list.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { type EndlessColumn, EndlessTable } from '../../parts/endless-table.tsx';
import { ModelTag } from '../../parts/model-name.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useModelColour } from '../../parts/use-models.ts';
import { ASK } from './ask.ts';

type Session = Answer<'GET /sessions'>['items'][number];

const addressOf = ({ session_instance }: Session): string =>
  `/conversations/${encodeURIComponent(session_instance)}`;

export function SessionTable({ query }: { readonly query: object }): ReactNode {
  const { t } = useTranslation();
  const [, goTo] = useLocation();
  const rows = useLongList('GET /sessions', query);
  const open = useCallback((session: Session) => goTo(addressOf(session)), [goTo]);
  return (
    <EndlessTable
      key={JSON.stringify(query)}
      rows={rows}
      label={t('conversations.sessions')}
      columns={useColumns()}
      onOpen={open}
      empty={
        <EmptyState title={t('conversations.none')} advice={t('conversations.noneAdvice')} command={ASK} />
      }
    />
  );
}

function useColumns(): EndlessColumn<Session>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const colourOf = useModelColour();
  return useMemo(
    () => [
      {
        title: t('conversations.started'),
        width: 120,
        cell: (session) => (
          <Link href={addressOf(session)}>
            <TimeText time={session.started_at} />
          </Link>
        ),
      },
      { title: t('who.user'), width: 130, cell: ({ user_id }) => user_id ?? '–' },
      {
        title: t('common.model'),
        width: 180,
        cell: ({ model_id: id }) => (id === null ? '–' : <ModelTag colour={colourOf(id)}>{id}</ModelTag>),
      },
      { title: t('conversations.rounds'), width: 80, isRight: true, cell: ({ rounds }) => rounds },
      {
        title: t('conversations.stay'),
        width: 100,
        isRight: true,
        cell: ({ stay_ms }) => format.duration(stay_ms),
      },
      {
        title: t('conversations.mean'),
        width: 110,
        isRight: true,
        cell: ({ latency_mean_ms: ms }) => (ms === null ? '–' : format.duration(ms)),
      },
      {
        title: t('conversations.followUps'),
        width: 90,
        isRight: true,
        cell: (session) => session.follow_ups,
      },
      { title: t('conversations.errors'), width: 70, isRight: true, cell: ({ errors }) => errors },
      { title: t('conversations.end'), width: 110, cell: (session) => <Ending {...session} /> },
    ],
    [t, format, colourOf],
  );
}

export function Ending({ completed, abandoned }: Pick<Session, 'completed' | 'abandoned'>): ReactNode {
  const { t } = useTranslation();
  if (completed === null) return <StateTag tone="info">{t('conversations.open')}</StateTag>;
  if (completed) return <StateTag tone="good">{t('conversations.completed')}</StateTag>;
  if (abandoned) return <StateTag tone="warn">{t('conversations.abandoned')}</StateTag>;
  return <StateTag tone="muted">{t('conversations.closed')}</StateTag>;
}
