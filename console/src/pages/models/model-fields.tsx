import { Form, Input, InputNumber, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DurationField } from '../../parts/duration-field.tsx';
import { useModels } from '../../parts/use-models.ts';

export function AddressFields(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="name" label={t('models.name')} rules={[{ required: true }]}>
        <Input />
      </Form.Item>
      <Form.Item name="base_url" label={t('models.address')} rules={[{ required: true }]}>
        <Input />
      </Form.Item>
      <Form.Item name="upstream_model" label={t('models.upstream')} rules={[{ required: true }]}>
        <Input />
      </Form.Item>
      <Form.Item name="api_key" label={t('models.apiKey')} extra={t('models.apiKeyHelp')}>
        <Input.Password autoComplete="off" />
      </Form.Item>
    </>
  );
}

/** How much, how long, and when the breaker opens. */
export function LimitFields(): ReactNode {
  const { t } = useTranslation();
  const models = useModels().data?.items ?? [];
  return (
    <>
      <h3>{t('models.limits')}</h3>
      <div className="fields">
        <Form.Item name="max_concurrent" label={t('models.concurrent')}>
          <InputNumber min={1} max={10_000} />
        </Form.Item>
        <Form.Item name="max_queue" label={t('models.queue')}>
          <InputNumber min={0} max={100_000} />
        </Form.Item>
        <DurationField name="connect_timeout" label={t('models.connectTimeout')} />
        <DurationField name="timeout" label={t('models.timeout')} />
        <DurationField name="idle_timeout" label={t('models.idleTimeout')} />
        <DurationField name="total_timeout" label={t('models.totalTimeout')} />
      </div>
      <h3>{t('breaker.title')}</h3>
      <div className="fields">
        <Form.Item name={['breaker', 'enabled']} label={t('breaker.enabled')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name={['breaker', 'error_rate_pct']} label={t('breaker.errorRate')}>
          <InputNumber min={0.01} max={100} step={0.5} suffix="%" />
        </Form.Item>
        <DurationField name={['breaker', 'window']} label={t('breaker.window')} />
        <DurationField name={['breaker', 'open']} label={t('breaker.openFor')} />
        <Form.Item name={['breaker', 'min_requests']} label={t('breaker.minRequests')}>
          <InputNumber min={1} />
        </Form.Item>
        <Form.Item name={['breaker', 'consecutive_failures']} label={t('breaker.inARow')}>
          <InputNumber min={1} />
        </Form.Item>
      </div>
      <Form.Item name={['breaker', 'fallback_model_id']} label={t('models.fallback')}>
        <Select
          allowClear
          placeholder={t('models.fallbackStable')}
          options={models.map(({ id }) => ({ value: id, label: id }))}
        />
      </Form.Item>
    </>
  );
}

/** What most models leave as it is. */
export function MoreFields(): ReactNode {
  const { t } = useTranslation();
  const isJson = async (_: unknown, text: string): Promise<void> => {
    if (text && text.trim() !== '') JSON.parse(text);
  };
  return (
    <>
      <h3>{t('models.more')}</h3>
      <Form.Item name="system_prompt" label={t('models.prompt')} extra={t('models.promptHelp')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 10 }} />
      </Form.Item>
      <Form.Item
        name="options"
        label={t('models.options')}
        rules={[{ validator: isJson, message: t('common.notJson') }]}
      >
        <Input.TextArea
          className="mono"
          autoSize={{ minRows: 2, maxRows: 10 }}
          placeholder={'{"num_ctx": 8192}'}
        />
      </Form.Item>
      <Form.Item name="capture" label={t('models.capture')}>
        <Select
          options={(['full', 'derived', 'off'] as const).map((value) => ({
            value,
            label: t(`capture.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item name="on_overflow" label={t('models.overflow')}>
        <Select
          options={(['truncate', 'error'] as const).map((value) => ({
            value,
            label: t(`overflow.${value}`),
          }))}
        />
      </Form.Item>
    </>
  );
}
