import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DURATION, DurationField } from '../../parts/duration-field.tsx';
import { useMetricChoices } from '../../parts/metric-choices.ts';
import { FIRST_GATE } from './stages.ts';

const OPERATORS = ['<', '<=', '>', '>='].map((value) => ({ value, label: value }));
const LIMIT = new RegExp(`^\\d+(\\.\\d+)?$|${DURATION.source}`);

/** The plan as a form: stage after stage, each with its gates. */
export function StageFields(): ReactNode {
  const { t } = useTranslation();
  return (
    <Form.List name="stages">
      {(stages, { add, remove }, { errors }) => (
        <div className="stack">
          {stages.map(({ key, name }) => (
            <fieldset key={key} className="stage-card">
              <legend>{t('rollouts.stageNumber', { number: name + 1 })}</legend>
              <div className="stage-fields">
                <Form.Item name={[name, 'weight']} label={t('rollouts.weight')} rules={[{ required: true }]}>
                  <InputNumber min={0.01} max={100} suffix="%" />
                </Form.Item>
                <DurationField name={[name, 'hold']} label={t('rollouts.hold')} isRequired />
                <DurationField name={[name, 'quiet']} label={t('rollouts.quiet')} isRequired />
                <Form.Item name={[name, 'approval']} label={t('rollouts.approval')} valuePropName="checked">
                  <Switch />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t('rollouts.removeStage', { number: name + 1 })}
                  disabled={stages.length < 2}
                  onClick={() => remove(name)}
                />
              </div>
              <GateFields stage={name} />
            </fieldset>
          ))}
          <Form.ErrorList errors={errors} />
          <div className="row">
            <Button
              type="dashed"
              icon={<PlusOutlined />}
              onClick={() =>
                add({ weight: 100, hold: '2h', quiet: '10m', approval: false, gates: [FIRST_GATE] })
              }
            >
              {t('rollouts.addStage')}
            </Button>
          </div>
        </div>
      )}
    </Form.List>
  );
}

function GateFields({ stage }: { readonly stage: number }): ReactNode {
  const { t } = useTranslation();
  const metrics = useMetricChoices();
  const choices = [
    { label: t('rollouts.absolute'), options: metrics },
    {
      label: t('rollouts.versus'),
      options: metrics.map(({ value, label }) => ({
        value: `${value}_vs_stable`,
        label: t('rollouts.timesStable', { metric: label }),
      })),
    },
  ];
  const fails = (['hold', 'abort', 'warn'] as const).map((value) => ({ value, label: t(`onFail.${value}`) }));
  return (
    <Form.List name={[stage, 'gates']}>
      {(gates, { add, remove }) => (
        <>
          {gates.map(({ key, name }) => (
            <div key={key} className="gate-row">
              <Form.Item name={[name, 'metric']} label={t('rollouts.metric')} rules={[{ required: true }]}>
                <Select
                  showSearch={{ optionFilterProp: 'label' }}
                  options={choices}
                  popupMatchSelectWidth={false}
                />
              </Form.Item>
              <Form.Item name={[name, 'op']} label={t('rollouts.operator')}>
                <Select options={OPERATORS} />
              </Form.Item>
              <Form.Item
                name={[name, 'value']}
                label={t('rollouts.limit')}
                rules={[{ required: true, pattern: LIMIT, message: t('rollouts.limitForm') }]}
              >
                <Input />
              </Form.Item>
              <Form.Item name={[name, 'min_samples']} label={t('rollouts.minSamples')}>
                <InputNumber min={1} />
              </Form.Item>
              <Form.Item name={[name, 'on_fail']} label={t('rollouts.onFail')}>
                <Select options={fails} popupMatchSelectWidth={false} />
              </Form.Item>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('rollouts.removeGate', { stage: stage + 1, number: name + 1 })}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Button type="link" size="small" icon={<PlusOutlined />} onClick={() => add(FIRST_GATE)}>
            {t('rollouts.addGate')}
          </Button>
        </>
      )}
    </Form.List>
  );
}
