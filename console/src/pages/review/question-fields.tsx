import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Body } from '../../api/call.ts';

export type Mode = NonNullable<Body<'POST /reviews'>['mode']>;
type Question = NonNullable<Body<'POST /reviews'>['questions']>[number];

const MOST_QUESTIONS = 10;
/** Metrics of reviews go by these names. */
const USUAL = {
  single: ['accuracy', 'instruction_following', 'redundancy'],
  side_by_side: ['preference'],
} as const;
const SCALES = { single: ['yes_no', '1-5'], side_by_side: ['which'] } as const;

/** What is asked unless somebody writes something else, in the reader's language. */
export function useUsualQuestions(): (mode: Mode) => Question[] {
  const { t } = useTranslation();
  return (mode) => USUAL[mode].map((id) => ({ id, text: t(`review.asked.${id}`), scale: SCALES[mode][0] }));
}

export function QuestionFields({ mode }: { readonly mode: Mode }): ReactNode {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const fresh = (): Question => {
    const taken = (form.getFieldValue('questions') as Question[]).map(({ id }) => id);
    const number = Array.from({ length: MOST_QUESTIONS + 1 }, (_, i) => i + 1).find(
      (one) => !taken.includes(`question_${one}`),
    );
    return { id: `question_${number}`, text: '', scale: SCALES[mode][0] };
  };
  return (
    <Form.List name="questions">
      {(questions, { add, remove }) => (
        <fieldset className="stack stage-card questions">
          <legend>{t('review.questions')}</legend>
          {questions.map(({ key, name }) => (
            <div key={key} className="row">
              <Form.Item name={[name, 'id']} hidden>
                <Input />
              </Form.Item>
              <Form.Item name={[name, 'text']} noStyle rules={[{ required: true }]}>
                <Input
                  className="grow"
                  aria-label={t('review.questionNumber', { number: name + 1 })}
                  maxLength={500}
                />
              </Form.Item>
              {mode === 'single' ? (
                <Form.Item name={[name, 'scale']} noStyle>
                  <Select
                    aria-label={t('review.scale')}
                    options={SCALES.single.map((value) => ({ value, label: t(`review.scales.${value}`) }))}
                    popupMatchSelectWidth={false}
                  />
                </Form.Item>
              ) : (
                <Form.Item name={[name, 'scale']} hidden>
                  <Input />
                </Form.Item>
              )}
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('review.removeQuestion', { number: name + 1 })}
                disabled={questions.length < 2}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <span>
            <Button
              type="link"
              size="small"
              icon={<PlusOutlined />}
              disabled={questions.length >= MOST_QUESTIONS}
              onClick={() => add(fresh())}
            >
              {t('review.addQuestion')}
            </Button>
          </span>
        </fieldset>
      )}
    </Form.List>
  );
}
