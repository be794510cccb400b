import { Button, Progress } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi, useChange } from '../../api/use-api.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { isCommand } from './marks.ts';
import { OneItem } from './one-item.tsx';

/** One answer, or pair of answers, after the other, blind, by keys or by hand. */
export function Rating({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const next = useApi('GET /reviews/{id}/next', { id });
  const rate = useChange('POST /reviews/{id}/items/{item}');
  const [last, setLast] = useState<string | null>(null);
  const undo = (): void => {
    if (last !== null)
      rate.mutate({ id, item: last, body: { undo: true } }, { onSuccess: () => setLast(null) });
  };
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key === 'u' && !isCommand(event) && !rate.isPending) undo();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });
  return (
    <Known of={next}>
      {({ item, because, questions, items, rated_by_you: mine }) => (
        <div className="stack">
          <div className="row">
            <span className="grow">
              <Progress
                aria-label={t('review.rated', { rated: mine, all: items })}
                percent={items === 0 ? 0 : Math.round((mine / items) * 100)}
                format={() => `${mine} / ${items}`}
              />
            </span>
            <Button disabled={last === null} onClick={undo}>
              {t('review.undo')}
            </Button>
          </div>
          {item ? (
            <OneItem
              key={item.id}
              item={item}
              questions={questions}
              isBusy={rate.isPending}
              onRated={(marks) => {
                const body = marks === null ? { skip: true as const } : { marks };
                rate.mutate({ id, item: item.id, body }, { onSuccess: () => setLast(item.id) });
              }}
            />
          ) : (
            <Panel>
              <EmptyState title={t('review.done')} advice={because ?? t('review.doneAdvice')} />
            </Panel>
          )}
        </div>
      )}
    </Known>
  );
}
