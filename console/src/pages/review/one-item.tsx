import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../parts/panel.tsx';
import { PlainText } from '../../parts/plain-text.tsx';
import { type Item, isCommand, type Marks, markOf, type Next, withoutLast } from './marks.ts';
import { QuestionPanel } from './question-panel.tsx';

interface OneItemProps {
  readonly item: Item;
  readonly questions: Next['questions'];
  readonly isBusy: boolean;
  /** Null passes it over. */
  onRated(marks: Marks | null): void;
}

/** What was said and what is to be rated, with the questions beside it, or below two answers. */
export function OneItem({ item, questions, isBusy, onRated }: OneItemProps): ReactNode {
  const { t } = useTranslation();
  const [marks, setMarks] = useState<Marks>({});
  const open = questions.find(({ id }) => !(id in marks));
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isCommand(event) || isBusy) return;
      const mark = open && markOf(open, event.key);
      if (open && mark !== undefined) setMarks({ ...marks, [open.id]: mark });
      else if (event.key === 's') onRated(null);
      else if (event.key === 'Backspace') setMarks(withoutLast(marks));
      else if (event.key === 'Enter' && !open) {
        event.preventDefault();
        onRated(marks);
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [marks, open, isBusy, onRated]);
  const panel = <QuestionPanel {...{ questions, marks, open, isBusy, setMarks, onRated }} />;
  if (item.answers === null)
    return (
      <div className="grid">
        <Panel title={t('review.answer')}>
          <Talk item={item} />
        </Panel>
        {panel}
      </div>
    );
  const { left, right } = item.answers;
  return (
    <div className="stack">
      <Panel title={t('review.conversation')}>
        <Talk item={item} />
      </Panel>
      <div className="grid">
        {[
          { title: t('review.left'), text: left },
          { title: t('review.right'), text: right },
        ].map(({ title, text }) => (
          <Panel key={title} title={title}>
            <div className="said">
              <PlainText text={text} />
            </div>
          </Panel>
        ))}
      </div>
      {panel}
    </div>
  );
}

function Talk({ item: { conversation, answer, is_cut } }: { readonly item: Item }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="talk">
      {conversation.map(({ role, content }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was said never changes its place
        <div key={index} className={`bubble ${role === 'user' ? 'from-user' : ''}`}>
          <div className="said">
            <PlainText text={content} />
          </div>
        </div>
      ))}
      {answer !== null && (
        <div className="bubble rated">
          <div className="said">
            <PlainText text={answer} />
          </div>
        </div>
      )}
      {is_cut && <p className="muted small">{t('conversation.cut')}</p>}
    </div>
  );
}
