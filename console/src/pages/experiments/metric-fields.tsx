import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMetricChoices } from '../../parts/metric-choices.ts';
import { MEANINGS, ROLES } from './metric-drafts.ts';

/** What is measured: each metric with its role, and how far it shall or may move. */
export function MetricFields(): ReactNode {
  const { t } = useTranslation();
  return (
    <Form.List name="metrics">
      {(metrics, { add, remove }, { errors }) => (
        <>
          {metrics.map(({ key, name }) => (
            <MetricRow key={key} name={name} onRemove={metrics.length < 2 ? null : () => remove(name)} />
          ))}
          <Form.ErrorList errors={errors} />
          <Button
            type="link"
            size="small"
            icon={<PlusOutlined />}
            onClick={() => add({ role: 'secondary', meaning: 'none' })}
          >
            {t('experiments.addMetric')}
          </Button>
        </>
      )}
    </Form.List>
  );
}

interface RowProps {
  readonly name: number;
  /** Null for the only one. */
  readonly onRemove: (() => void) | null;
}

function MetricRow({ name, onRemove }: RowProps): ReactNode {
  const { t } = useTranslation();
  const choices = useMetricChoices();
  const form = Form.useFormInstance();
  const role = Form.useWatch(['metrics', name, 'role'], form);
  const meaning = Form.useWatch(['metrics', name, 'meaning'], form);
  // Only a guardrail may get worse, and only the others are to get better.
  const meanings = MEANINGS.filter((one) => one === 'none' || (one === 'margin') === (role === 'guardrail'));
  return (
    <div className="metric-row">
      <Form.Item name={[name, 'metric']} label={t('rollouts.metric')} rules={[{ required: true }]}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={[...choices]}
          popupMatchSelectWidth={false}
        />
      </Form.Item>
      <Form.Item name={[name, 'role']} label={t('experiments.role')}>
        <Select
          options={ROLES.map((value) => ({ value, label: t(`metricRole.${value}`) }))}
          onChange={() => form.setFieldValue(['metrics', name, 'meaning'], 'none')}
        />
      </Form.Item>
      <Form.Item name={[name, 'meaning']} label={t('experiments.target')}>
        <Select
          options={meanings.map((value) => ({ value, label: t(`meaning.${value}`) }))}
          popupMatchSelectWidth={false}
        />
      </Form.Item>
      <Form.Item
        name={[name, 'amount']}
        label={t('experiments.amount')}
        rules={[{ required: meaning !== 'none', message: t('experiments.amountNeeded') }]}
      >
        <InputNumber step={0.01} disabled={meaning === 'none'} />
      </Form.Item>
      <Button
        type="text"
        icon={<DeleteOutlined />}
        aria-label={t('experiments.removeMetric', { number: name + 1 })}
        disabled={onRemove === null}
        onClick={onRemove ?? undefined}
      />
    </div>
  );
}
