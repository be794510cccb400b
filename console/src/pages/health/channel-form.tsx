import { Button, Drawer, Form, Input, InputNumber, Segmented, Select, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Body } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { fieldFaults } from '../../parts/fields-of.ts';

type ChannelInput = Body<'POST /alert-channels'>;
const PRESETS = ['generic', 'slack', 'feishu', 'dingtalk', 'wecom'].map((value) => ({ value, label: value }));
const LANGUAGES = [
  { value: 'zh-CN', label: '中文' },
  { value: 'en', label: 'English' },
];

export function ChannelForm({ onClose }: { onClose(): void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [form] = Form.useForm();
  const [type, setType] = useState<'email' | 'webhook'>('webhook');
  const create = useChange('POST /alert-channels', (error) => {
    const faults = fieldFaults(error);
    form.setFields((faults.length > 0 ? faults : [{ name: 'id', errors: [error.message] }]) as never);
  });
  return (
    <Drawer
      open
      size={480}
      title={t('channel.add')}
      onClose={onClose}
      extra={
        <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
          {t('common.save')}
        </Button>
      }
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ preset: 'feishu', language: i18n.language === 'zh-CN' ? 'zh-CN' : 'en' }}
        onFinish={(values) => create.mutate({ body: bodyOf(type, values) }, { onSuccess: onClose })}
      >
        <Form.Item label={t('channel.type')}>
          <Segmented
            value={type}
            onChange={setType}
            options={[
              { value: 'webhook', label: 'Webhook' },
              { value: 'email', label: t('channel.email') },
            ]}
          />
        </Form.Item>
        <Form.Item name="id" label="id" rules={[{ required: true }]}>
          <Input placeholder="ops" />
        </Form.Item>
        {type === 'webhook' ? <WebhookFields /> : <MailFields />}
        <Form.Item name="language" label={t('shell.language')}>
          <Select options={LANGUAGES} />
        </Form.Item>
      </Form>
    </Drawer>
  );
}

function WebhookFields(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="preset" label={t('channel.preset')}>
        <Select options={PRESETS} />
      </Form.Item>
      <Form.Item name="url" label="URL" rules={[{ required: true }]}>
        <Input placeholder="https://…" />
      </Form.Item>
      <Form.Item name="secret" label={t('channel.secret')}>
        <Input.Password autoComplete="off" />
      </Form.Item>
    </>
  );
}

function MailFields(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="to" label={t('channel.to')} rules={[{ required: true }]}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder="ops@example.com" />
      </Form.Item>
      <div className="fields">
        <Form.Item name={['smtp', 'host']} label={t('channel.host')} rules={[{ required: true }]}>
          <Input placeholder="smtp.example.com" />
        </Form.Item>
        <Form.Item name={['smtp', 'port']} label={t('channel.port')}>
          <InputNumber min={1} max={65_535} placeholder="587" />
        </Form.Item>
        <Form.Item name={['smtp', 'user']} label={t('channel.user')}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name={['smtp', 'password']} label={t('channel.password')}>
          <Input.Password autoComplete="off" />
        </Form.Item>
        <Form.Item name={['smtp', 'secure']} label={t('channel.tls')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
    </>
  );
}

/** What was written, without the fields that were left empty: the gateway fills those in. */
function bodyOf(type: 'email' | 'webhook', values: Record<string, unknown>): ChannelInput {
  const written = (fields: object): object =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
  const { preset, url, secret, to, smtp, ...shared } = values;
  const own =
    type === 'webhook' ? written({ preset, url, secret }) : { to, smtp: written((smtp ?? {}) as object) };
  return { type, ...written(shared), ...own } as ChannelInput;
}
