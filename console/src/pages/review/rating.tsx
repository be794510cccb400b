import { Button, Progress, Segmented } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PlainText } from '../../parts/plain-text.tsx';

type Next = Answer<'GET /reviews/{id}/next'>;
type Item = NonNullable<Next['item']>;
type Mark = boolean | number;

/** One answer after the other, blind, by keys or by hand. */
export function Rating({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const next = useApi('GET /reviews/{id}/next', { id });
  const rate = useChange('POST /reviews/{id}/items/{item}');
  const [last, setLast] = useState<string | null>(null);
  const undo = (): void => {
    if (last !== null)
      rate.mutate({ id, item: last, body: { undo: true } }, { onSuccess: () => setLast(null) });
  };
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
            <OneAnswer
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

interface OneAnswerProps {
  readonly item: Item;
  readonly questions: Next['questions'];
  readonly isBusy: boolean;
  /** Null passes the answer over. */
  onRated(marks: Record<string, Mark> | null): void;
}

function OneAnswer({ item, questions, isBusy, onRated }: OneAnswerProps): ReactNode {
  const { t } = useTranslation();
  const [marks, setMarks] = useState<Record<string, Mark>>({});
  const open = questions.find(({ id }) => !(id in marks));
  const isWhole = open === undefined;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy) return;
      const mark = open && markOf(open.scale, event.key);
      if (open && mark !== null && mark !== undefined) setMarks({ ...marks, [open.id]: mark });
      else if (event.key === 's') onRated(null);
      else if (event.key === 'Backspace') setMarks(withoutLast(marks));
      else if (event.key === 'Enter' && isWhole) {
        event.preventDefault();
        onRated(marks);
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [marks, open, isWhole, isBusy, onRated]);
  return (
    <div className="grid">
      <Panel title={t('review.answer')}>
        <div className="talk">
          {item.conversation.map(({ role, content }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what was said never changes its place
            <div key={index} className={`bubble ${role === 'user' ? 'from-user' : ''}`}>
              <div className="said">
                <PlainText text={content} />
              </div>
            </div>
          ))}
          <div className="bubble rated">
            <div className="said">
              <PlainText text={item.answer} />
            </div>
          </div>
          {item.is_cut && <p className="muted small">{t('conversation.cut')}</p>}
        </div>
      </Panel>
      <Panel title={t('review.questions')}>
        <div className="stack">
          {questions.map(({ id, text, scale }) => (
            <div key={id} className={open?.id === id ? 'question open' : 'question'}>
              <span>{text}</span>
              <Segmented<number>
                aria-label={text}
                value={Number(marks[id] ?? -1)}
                onChange={(value) => setMarks({ ...marks, [id]: scale === 'yes_no' ? value === 1 : value })}
                options={
                  scale === 'yes_no'
                    ? [
                        { value: 1, label: t('common.yes') },
                        { value: 0, label: t('common.no') },
                      ]
                    : [1, 2, 3, 4, 5].map((value) => ({ value, label: String(value) }))
                }
              />
            </div>
          ))}
          <div className="row">
            <Button type="primary" disabled={!isWhole} loading={isBusy} onClick={() => onRated(marks)}>
              {t('review.next')}
            </Button>
            <Button onClick={() => onRated(null)}>{t('review.skip')}</Button>
          </div>
          <p className="muted small">{t('review.keys')}</p>
        </div>
      </Panel>
    </div>
  );
}

function markOf(scale: string, key: string): Mark | null {
  if (scale !== 'yes_no') return /^[1-5]$/.test(key) ? Number(key) : null;
  if (key === 'y' || key === '1') return true;
  return key === 'n' || key === '0' ? false : null;
}

function withoutLast(marks: Record<string, Mark>): Record<string, Mark> {
  return Object.fromEntries(Object.entries(marks).slice(0, -1));
}
