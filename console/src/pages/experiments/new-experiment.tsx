import { Button, Form, Input, InputNumber, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Answer, Body } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { fieldFaults } from '../../parts/fields-of.ts';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ALL, useModels } from '../../parts/use-models.ts';
import { useSaid } from '../../parts/use-said.ts';
import { FIRST_METRICS, type MetricDraft, metricsOf } from './metric-drafts.ts';
import { MetricFields } from './metric-fields.tsx';
import { PowerCurve } from './power-curve.tsx';

interface Sketch {
  readonly id: string;
  readonly route_id: string;
  readonly duration: string;
  readonly control: string;
  readonly treatment: string;
  readonly share: number;
  readonly metrics: MetricDraft[];
}
type Plan = Answer<'POST /experiments/plan'>;

function armsOf({ control, treatment, share }: Sketch): Body<'POST /experiments'>['arms'] {
  return [
    { name: 'control', model_id: control, share },
    { name: 'treatment', model_id: treatment, share },
  ];
}

export function NewExperiment(): ReactNode {
  const { t } = useTranslation();
  const [, goTo] = useLocation();
  const [form] = Form.useForm<Sketch>();
  const [plan, setPlan] = useState<Plan | null>(null);
  const models = useModels().data?.items ?? [];
  const routes = useApi('GET /routes', { query: ALL }).data?.items ?? [];
  const outline = useChange('POST /experiments/plan');
  const create = useChange('POST /experiments', (error) => {
    const faults = fieldFaults(error);
    form.setFields((faults.length > 0 ? faults : [{ name: 'id', errors: [error.message] }]) as never);
  });
  const calculate = async (): Promise<void> => {
    const sketch = await form.validateFields();
    const { route_id, duration } = sketch;
    outline.mutate(
      { body: { route_id, duration, arms: armsOf(sketch), metrics: metricsOf(sketch.metrics) } },
      { onSuccess: setPlan },
    );
  };
  const save = (sketch: Sketch): void => {
    const { id, route_id, duration } = sketch;
    const expected = plan && plan.expected_users >= 2 ? { expected_users: plan.expected_users } : {};
    create.mutate(
      {
        body: {
          ...{ id, route_id, duration, ...expected },
          arms: armsOf(sketch),
          metrics: metricsOf(sketch.metrics),
        },
      },
      { onSuccess: (made) => goTo(`/experiments/${encodeURIComponent(made.id)}`) },
    );
  };
  const choices = models.map(({ id }) => ({ value: id, label: id }));
  return (
    <Page title={t('experiments.add')} lead={<Link href="/experiments">← {t('nav.experiments')}</Link>}>
      <div className="stack">
        <Panel>
          <Form
            form={form}
            layout="vertical"
            initialValues={{ duration: '72h', share: 20, metrics: FIRST_METRICS }}
            onFinish={save}
          >
            <div className="fields">
              <Form.Item name="id" label={t('routes.id')} rules={[{ required: true }]}>
                <Input autoFocus placeholder="qwen3-vs-qwen2" />
              </Form.Item>
              <Form.Item name="route_id" label={t('rollouts.route')} rules={[{ required: true }]}>
                <Select options={routes.map(({ id }) => ({ value: id, label: id }))} />
              </Form.Item>
              <Form.Item name="duration" label={t('experiments.duration')} rules={[{ required: true }]}>
                <Input />
              </Form.Item>
              <Form.Item name="control" label={t('experiments.control')} rules={[{ required: true }]}>
                <Select options={choices} />
              </Form.Item>
              <Form.Item name="treatment" label={t('experiments.treatment')} rules={[{ required: true }]}>
                <Select options={choices} />
              </Form.Item>
              <Form.Item name="share" label={t('experiments.shareEach')}>
                <InputNumber min={0.01} max={50} suffix="%" />
              </Form.Item>
            </div>
            <h3>{t('experiments.metrics')}</h3>
            <MetricFields />
            <div className="row">
              <Button loading={outline.isPending} onClick={() => void calculate().catch(() => {})}>
                {t('experiments.calculate')}
              </Button>
              <Button type="primary" htmlType="submit" loading={create.isPending}>
                {t('experiments.create')}
              </Button>
            </div>
          </Form>
        </Panel>
        {plan && <PlanView plan={plan} />}
      </div>
    </Page>
  );
}

/** What the planned time can show at the present traffic. */
function PlanView({ plan }: { readonly plan: Plan }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  return (
    <Panel
      title={t('experiments.plan')}
      extra={
        <StateTag tone={plan.is_enough ? 'good' : 'warn'}>
          {t(plan.is_enough ? 'experiments.enough' : 'experiments.notEnough')}
        </StateTag>
      }
    >
      <p>
        {t('experiments.traffic', {
          perDay: format.count(plan.users_per_day),
          expected: format.count(plan.expected_users),
        })}
      </p>
      <div className="grid">
        {plan.metrics.map((metric) => (
          <div key={metric.metric}>
            <h3>{said(metric.name)}</h3>
            <p className="muted">{said(metric.said)}</p>
            {metric.numbers && <PowerCurve plan={plan} numbers={metric.numbers} />}
          </div>
        ))}
      </div>
    </Panel>
  );
}
