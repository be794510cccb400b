import { Button, Form, Input, Segmented, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Body } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { fieldFaults } from '../../parts/fields-of.ts';
import { JsonField } from '../../parts/json-field.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useJsonText } from '../../parts/use-json-text.ts';
import { ALL, useModels } from '../../parts/use-models.ts';

type Draft = Body<'POST /rollouts'>;
/** A cautious beginning, to be edited; what is left out is filled in. */
const STAGES: Draft['stages'] = [1, 5, 25, 50, 100].map((weight) => ({
  weight,
  hold: weight < 25 ? '2h' : '12h',
  quiet: '10m',
  gates: [
    { metric: 'error_rate', op: '<=' as const, value: 0.03, on_fail: 'hold' as const },
    { metric: 'latency_p95', op: '<' as const, value: '8s', on_fail: 'hold' as const },
  ],
}));

/** Describes a release. It is a draft until it is started; its page then says how long each stage will take. */
export function NewRollout(): ReactNode {
  const { t } = useTranslation();
  const [, goTo] = useLocation();
  const [form] = Form.useForm();
  const [plan, setPlan] = useState<'standard' | 'own'>('standard');
  const stages = useJsonText(STAGES, 'stages');
  const models = useModels().data?.items ?? [];
  const routes = useApi('GET /routes', { query: ALL }).data?.items ?? [];
  const create = useChange('POST /rollouts', (error) => {
    if (plan === 'own') stages.refuse(error);
    const faults = fieldFaults(error).filter(({ name }) => name[0] !== 'stages');
    form.setFields((error.fields.length > 0 ? faults : [{ name: 'id', errors: [error.message] }]) as never);
  });
  const save = (values: Pick<Draft, 'id' | 'route_id' | 'candidate_model_id'>): void => {
    const body: Draft = {
      ...values,
      ...(plan === 'own'
        ? { stages: stages.parsed() as NonNullable<Draft['stages']> }
        : { template: 'standard' }),
    };
    create.mutate({ body }, { onSuccess: ({ id }) => goTo(`/rollouts/${encodeURIComponent(id)}`) });
  };
  return (
    <Page title={t('rollouts.add')} lead={<Link href="/rollouts">← {t('nav.rollouts')}</Link>}>
      <Panel>
        <Form form={form} layout="vertical" onFinish={save}>
          <div className="fields">
            <Form.Item name="id" label={t('routes.id')} rules={[{ required: true }]}>
              <Input autoFocus placeholder="qwen3-june" />
            </Form.Item>
            <Form.Item name="route_id" label={t('rollouts.route')} rules={[{ required: true }]}>
              <Select options={routes.map(({ id }) => ({ value: id, label: id }))} />
            </Form.Item>
            <Form.Item name="candidate_model_id" label={t('rollouts.candidate')} rules={[{ required: true }]}>
              <Select options={models.map(({ id }) => ({ value: id, label: id }))} />
            </Form.Item>
          </div>
          <Form.Item label={t('rollouts.plan')}>
            <Segmented
              value={plan}
              onChange={setPlan}
              options={(['standard', 'own'] as const).map((value) => ({
                value,
                label: t(`rollouts.${value}`),
              }))}
            />
          </Form.Item>
          {plan === 'own' && <JsonField label={t('rollouts.plan')} {...stages.fields} />}
          <p className="muted small">{t('rollouts.needsStable')}</p>
          <Button
            type="primary"
            htmlType="submit"
            loading={create.isPending}
            disabled={plan === 'own' && !stages.isJson}
          >
            {t('rollouts.create')}
          </Button>
        </Form>
      </Panel>
    </Page>
  );
}
