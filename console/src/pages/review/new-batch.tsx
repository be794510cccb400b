import { App, Button, Form, Input, InputNumber, Segmented, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Body } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { fieldFaults } from '../../parts/fields-of.ts';
import { Panel } from '../../parts/panel.tsx';
import { useModels } from '../../parts/use-models.ts';
import { type Mode, QuestionFields, useUsualQuestions } from './question-fields.tsx';

const MODES = ['single', 'side_by_side'] as const;
const MOST_MODELS: Readonly<Record<Mode, number>> = { single: 5, side_by_side: 2 };

/** Answers to be rated, drawn at random, and what is asked about each. */
export function NewBatch(): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [, goTo] = useLocation();
  const [form] = Form.useForm();
  const mode = Form.useWatch<Mode | undefined>('mode', form) ?? 'single';
  const usual = useUsualQuestions();
  const models = useModels().data?.items ?? [];
  const create = useChange('POST /reviews', (error) => {
    const faults = fieldFaults(error);
    form.setFields((faults.length > 0 ? faults : [{ name: 'id', errors: [error.message] }]) as never);
  });
  const save = (body: Body<'POST /reviews'>): void =>
    create.mutate(
      { body },
      {
        onSuccess: ({ id, notes }) => {
          for (const note of notes) void message.info(note, 8);
          goTo(`/review/${encodeURIComponent(id)}`);
        },
      },
    );
  return (
    <Panel title={t('review.new')}>
      <Form
        form={form}
        layout="vertical"
        initialValues={{ mode: 'single', sample_size: 100, ratings_per_item: 1, questions: usual('single') }}
        onValuesChange={({ mode: chosen }: { mode?: Mode }) => {
          if (chosen) form.setFieldValue('questions', usual(chosen));
        }}
        onFinish={save}
      >
        <Form.Item name="mode" label={t('review.mode')}>
          <Segmented options={MODES.map((value) => ({ value, label: t(`review.modes.${value}`) }))} />
        </Form.Item>
        <div className="fields">
          <Form.Item name="id" label={t('routes.id')} rules={[{ required: true }]}>
            <Input placeholder="june" />
          </Form.Item>
          <Form.Item name="model_ids" label={t('nav.models')} rules={[{ required: true }]}>
            <Select
              mode="multiple"
              maxCount={MOST_MODELS[mode]}
              options={models.map(({ id }) => ({ value: id, label: id }))}
            />
          </Form.Item>
          <Form.Item name="sample_size" label={t('review.size')}>
            <InputNumber min={1} max={1_000} />
          </Form.Item>
          <Form.Item name="ratings_per_item" label={t('review.ratings')}>
            <InputNumber min={1} max={5} />
          </Form.Item>
        </div>
        <QuestionFields mode={mode} />
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {t('review.draw')}
        </Button>
      </Form>
    </Panel>
  );
}
