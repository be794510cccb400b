import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { EndlessTable } from '../../parts/endless-table.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ASK } from './ask.ts';

const TONES: Readonly<Record<string, Tone>> = {
  ok: 'good',
  error: 'bad',
  refused: 'warn',
  client_abort: 'muted',
};

export function RequestTable({ query }: { readonly query: object }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const pages = usePages('GET /requests', query);
  const time = (ms: number | null): string => (ms === null ? '–' : format.duration(ms));
  return (
    <EndlessTable
      pages={pages}
      rowKey="request_id"
      width={1_130}
      empty={
        <EmptyState title={t('conversations.none')} advice={t('conversations.noneAdvice')} command={ASK} />
      }
      columns={[
        {
          title: t('common.time'),
          width: 130,
          render: (_, { time: at, session_instance: id }) =>
            id === null ? (
              <TimeText time={at} />
            ) : (
              <Link href={`/conversations/${encodeURIComponent(id)}`}>
                <TimeText time={at} />
              </Link>
            ),
        },
        {
          title: t('conversations.outcome'),
          width: 210,
          render: (_, { outcome, error_class }) => (
            <StateTag tone={TONES[outcome] ?? 'muted'}>{error_class ?? t(`outcome.${outcome}`)}</StateTag>
          ),
        },
        { title: t('who.user'), width: 160, ellipsis: true, render: (_, { user_id }) => user_id ?? '–' },
        {
          title: t('conversations.answered'),
          width: 200,
          render: (_, { model_id }) => (model_id === null ? '–' : <ModelName id={model_id} isLink={false} />),
        },
        {
          title: t('who.reason'),
          width: 150,
          render: (_, { reason, fallback }) => (
            <code>
              {reason ?? '–'}
              {fallback !== null && ` → ${fallback}`}
            </code>
          ),
        },
        {
          title: t('conversations.latency'),
          width: 100,
          align: 'right',
          render: (_, r) => time(r.latency_ms),
        },
        { title: t('conversations.ttft'), width: 100, align: 'right', render: (_, r) => time(r.ttft_ms) },
        {
          title: t('conversations.tokens'),
          width: 80,
          align: 'right',
          render: (_, r) => r.completion_tokens ?? '–',
        },
      ]}
    />
  );
}
