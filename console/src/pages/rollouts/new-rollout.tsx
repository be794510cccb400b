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
import { StageFields } from './stage-fields.tsx';
import { draftsOf, FIRST_STAGES, type StageDraft, type Stages, stagesOf } from './stages.ts';

type Draft = Body<'POST /rollouts'>;
interface Sketch extends Pick<Draft, 'id' | 'route_id' | 'candidate_model_id'> {
  readonly stages?: StageDraft[];
}
const FORMS = ['standard', 'own', 'json'] as const;
type PlanForm = (typeof FORMS)[number];

/** Describes a release. It is a draft until it is started; its page then says how long each stage will take. */
export function NewRollout(): ReactNode {
  const { t } = useTranslation();
  const [, goTo] = useLocation();
  const [form] = Form.useForm<Sketch>();
  const [plan, setPlan] = useState<PlanForm>('standard');
  const json = useJsonText(stagesOf(FIRST_STAGES), 'stages');
  const models = useModels().data?.items ?? [];
  const routes = useApi('GET /routes', { query: ALL }).data?.items ?? [];
  const create = useChange('POST /rollouts', (error) => {
    if (plan === 'json') json.refuse(error);
    const faults = fieldFaults(error).filter(({ name }) => plan !== 'json' || name[0] !== 'stages');
    form.setFields((error.fields.length > 0 ? faults : [{ name: 'id', errors: [error.message] }]) as never);
  });
  /** What was written in one form goes on in the other. */
  const choose = (next: PlanForm): void => {
    if (next === 'json' && plan === 'own') {
      json.fields.onChange(JSON.stringify(stagesOf(form.getFieldValue('stages')), null, 2));
    }
    if (next === 'own' && plan === 'json' && json.isJson) {
      form.setFieldValue('stages', draftsOf(json.parsed() as Stages));
    }
    setPlan(next);
  };
  const save = ({ stages, ...named }: Sketch): void => {
    const body: Draft =
      plan === 'standard'
        ? { ...named, template: 'standard' }
        : { ...named, stages: plan === 'own' ? stagesOf(stages ?? []) : (json.parsed() as Stages) };
    create.mutate({ body }, { onSuccess: ({ id }) => goTo(`/rollouts/${encodeURIComponent(id)}`) });
  };
  return (
    <Page title={t('rollouts.add')} lead={<Link href="/rollouts">← {t('nav.rollouts')}</Link>}>
      <Panel>
        <Form form={form} layout="vertical" initialValues={{ stages: FIRST_STAGES }} onFinish={save}>
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
              onChange={choose}
              options={FORMS.map((value) => ({ value, label: t(`rollouts.${value}`) }))}
            />
          </Form.Item>
          {plan === 'own' && <StageFields />}
          {plan === 'json' && <JsonField label={t('rollouts.plan')} {...json.fields} />}
          <p className="muted small">{t('rollouts.needsStable')}</p>
          <Button
            type="primary"
            htmlType="submit"
            loading={create.isPending}
            disabled={plan === 'json' && !json.isJson}
          >
            {t('rollouts.create')}
          </Button>
        </Form>
      </Panel>
    </Page>
  );
}
