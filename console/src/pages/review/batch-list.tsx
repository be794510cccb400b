import { App, Button, Form, Input, InputNumber, Progress, Segmented, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Answer, Body } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { fieldFaults } from '../../parts/fields-of.ts';
import { Known } from '../../parts/known.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ALL, useModels } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';

const MODES = ['single', 'side_by_side'] as const;
const MOST_MODELS: Readonly<Record<Batch['mode'], number>> = { single: 5, side_by_side: 2 };

type Batch = Answer<'GET /reviews'>['items'][number];

export function BatchList(): ReactNode {
  const { t } = useTranslation();
  const may = useMay('operator');
  const batches = useApi('GET /reviews', { query: ALL, everyMs: 10_000 });
  return (
    <Page title={t('nav.review')} lead={t('review.lead')}>
      <div className="stack">
        {may && <NewBatch />}
        <Panel isFlush>
          <Known of={batches}>
            {({ items }) => (
              <DataTable<Batch>
                rowKey="id"
                dataSource={items}
                locale={{
                  emptyText: <EmptyState title={t('review.none')} advice={t('review.noneAdvice')} />,
                }}
                columns={[
                  {
                    title: t('review.batch'),
                    dataIndex: 'id',
                    render: (id: string) => <Link href={`/review/${encodeURIComponent(id)}`}>{id}</Link>,
                  },
                  {
                    title: t('review.mode'),
                    dataIndex: 'mode',
                    render: (mode: Batch['mode']) => t(`review.modes.${mode}`),
                  },
                  {
                    title: t('nav.models'),
                    key: 'models',
                    render: (_, { model_ids }) => model_ids.join(' · '),
                  },
                  {
                    title: t('review.progress'),
                    key: 'progress',
                    width: 220,
                    render: (_, { rated, items: all }) => (
                      <Progress
                        aria-label={t('review.rated', { rated, all })}
                        percent={all === 0 ? 0 : Math.round((rated / all) * 100)}
                        format={() => `${rated} / ${all}`}
                      />
                    ),
                  },
                  {
                    title: t('settings.made'),
                    dataIndex: 'created_at',
                    render: (at: string) => <TimeText time={at} />,
                  },
                ]}
              />
            )}
          </Known>
        </Panel>
      </div>
    </Page>
  );
}

function NewBatch(): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [, goTo] = useLocation();
  const [form] = Form.useForm();
  const mode = Form.useWatch<Batch['mode'] | undefined>('mode', form);
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
        initialValues={{ mode: 'single', sample_size: 100 }}
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
              maxCount={MOST_MODELS[mode ?? 'single']}
              options={models.map(({ id }) => ({ value: id, label: id }))}
            />
          </Form.Item>
          <Form.Item name="sample_size" label={t('review.size')}>
            <InputNumber min={1} max={1_000} />
          </Form.Item>
        </div>
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {t('review.draw')}
        </Button>
      </Form>
    </Panel>
  );
}
