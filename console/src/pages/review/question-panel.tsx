import { Button, Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../parts/panel.tsx';
import { CHOICES, type Marks, type Question } from './marks.ts';

interface QuestionPanelProps {
  readonly questions: readonly Question[];
  readonly marks: Marks;
  /** The first without a mark, which keys answer; undefined once all have one. */
  readonly open: Question | undefined;
  readonly isBusy: boolean;
  setMarks(marks: Marks): void;
  /** Null passes it over. */
  onRated(marks: Marks | null): void;
}

export function QuestionPanel(props: QuestionPanelProps): ReactNode {
  const { questions, marks, open, isBusy, setMarks, onRated } = props;
  const { t } = useTranslation();
  const isWhich = questions.some(({ scale }) => scale === 'which');
  return (
    <Panel title={t('review.questions')}>
      <div className="stack">
        {questions.map(({ id, text, scale }) => (
          <div key={id} className={open?.id === id ? 'question open' : 'question'}>
            <span>{text}</span>
            <Segmented<number>
              aria-label={text}
              value={CHOICES[scale].findIndex(({ mark }) => mark === marks[id])}
              onChange={(at) => {
                const mark = CHOICES[scale][at]?.mark;
                if (mark !== undefined) setMarks({ ...marks, [id]: mark });
              }}
              options={CHOICES[scale].map(({ mark, word }, value) => ({
                value,
                label: word === undefined ? String(mark) : t(word),
              }))}
            />
          </div>
        ))}
        <div className="row">
          <Button
            type="primary"
            disabled={open !== undefined}
            loading={isBusy}
            onClick={() => onRated(marks)}
          >
            {t('review.next')}
          </Button>
          <Button onClick={() => onRated(null)}>{t('review.skip')}</Button>
        </div>
        <p className="muted small">{isWhich ? t('review.keysWhich') : t('review.keys')}</p>
      </div>
    </Panel>
  );
}
