import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../api/use-api.ts';
import { CodeWord } from '../../parts/code-word.tsx';
import { Known } from '../../parts/known.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useSaid } from '../../parts/use-said.ts';

/** What happened, newest first: who, what, from which share to which. */
export function RolloutEvents({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const events = useApi('GET /rollouts/{id}/events', { id, query: { limit: 100 }, everyMs: 3_000 });
  return (
    <Known of={events} rows={4}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="muted">{t('rollouts.noEvents')}</p>
        ) : (
          <ol className="timeline">
            {items.map(({ version, at, actor, type, from, to, said: told }) => (
              <li key={version}>
                <TimeText time={at} />
                <span>
                  <strong>
                    <CodeWord list="rolloutEvent" code={type} />
                  </strong>{' '}
                  <span className="muted">· {actor}</span>
                  {from.weight !== to.weight && (
                    <span className="num">
                      {' '}
                      {format.percent(from.weight)} → {format.percent(to.weight)}
                    </span>
                  )}
                </span>
                <span className="muted">{said(told)}</span>
              </li>
            ))}
          </ol>
        )
      }
    </Known>
  );
}
