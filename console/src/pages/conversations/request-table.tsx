import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Answer } from '../../api/call.ts';
import { useLongList } from '../../api/use-long-list.ts';
import { CodeWord } from '../../parts/code-word.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { type EndlessColumn, EndlessTable } from '../../parts/endless-table.tsx';
import { ModelTag } from '../../parts/model-name.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useModelColour } from '../../parts/use-models.ts';
import { ASK } from './ask.ts';

const TONES: Readonly<Record<string, Tone>> = {
  ok: 'good',
  error: 'bad',
  refused: 'warn',
  client_abort: 'muted',
};

type Asked = Answer<'GET /requests'>['items'][number];

export function RequestTable({ query }: { readonly query: object }): ReactNode {
  const { t } = useTranslation();
  const rows = useLongList('GET /requests', query);
  return (
    <EndlessTable
      key={JSON.stringify(query)}
      rows={rows}
      label={t('conversations.requests')}
      columns={useColumns()}
      empty={
        <EmptyState title={t('conversations.none')} advice={t('conversations.noneAdvice')} command={ASK} />
      }
    />
  );
}

function useColumns(): EndlessColumn<Asked>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const colourOf = useModelColour();
  return useMemo(() => {
    const time = (ms: number | null): string => (ms === null ? '–' : format.duration(ms));
    return [
      { title: t('common.time'), width: 105, cell: (asked) => <When asked={asked} /> },
      {
        title: t('conversations.outcome'),
        width: 130,
        cell: ({ outcome, error_class }) => (
          <StateTag tone={TONES[outcome] ?? 'muted'}>
            {error_class === null ? (
              t(`outcome.${outcome}`)
            ) : (
              <CodeWord list="errorClass" code={error_class} />
            )}
          </StateTag>
        ),
      },
      { title: t('who.user'), width: 120, cell: ({ user_id }) => user_id ?? '–' },
      {
        title: t('conversations.answered'),
        width: 165,
        cell: ({ model_id: id }) => (id === null ? '–' : <ModelTag colour={colourOf(id)}>{id}</ModelTag>),
      },
      {
        title: t('who.reason'),
        width: 105,
        cell: ({ reason, fallback }) => (
          <>
            {reason === null ? '–' : <CodeWord list="reason" code={reason} />}
            {fallback !== null && (
              <>
                {' → '}
                <CodeWord list="fallback" code={fallback} />
              </>
            )}
          </>
        ),
      },
      {
        title: t('conversations.latency'),
        width: 75,
        isRight: true,
        cell: (asked) => time(asked.latency_ms),
      },
      { title: t('conversations.ttft'), width: 75, isRight: true, cell: (asked) => time(asked.ttft_ms) },
      {
        title: t('conversations.tokens'),
        width: 65,
        isRight: true,
        cell: (asked) => asked.completion_tokens ?? '–',
      },
    ];
  }, [t, format, colourOf]);
}

function When({ asked: { time, session_instance: id } }: { readonly asked: Asked }): ReactNode {
  if (id === null) return <TimeText time={time} />;
  return (
    <Link href={`/conversations/${encodeURIComponent(id)}`}>
      <TimeText time={time} />
    </Link>
  );
}
