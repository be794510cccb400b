import { Button, Form, Input, Select, Steps } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Answer } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { fieldFaults } from '../../parts/fields-of.ts';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { CheckResult } from './check-result.tsx';
import type { ModelBody } from './model-draft.ts';
import { LimitFields } from './model-fields.tsx';

type Server = Answer<'POST /model-servers/look'>;

/** What the form begins with; the gateway fills in whatever is left out. */
const USUAL = {
  connect_timeout: '2s',
  timeout: '120s',
  idle_timeout: '60s',
  total_timeout: '30m',
  max_concurrent: 32,
  max_queue: 128,
  breaker: {
    enabled: true,
    error_rate_pct: 3,
    window: '5m',
    open: '300s',
    min_requests: 20,
    consecutive_failures: 5,
  },
};

/** Address → what answers there → which model → limits → registered, and a real call to it. */
export function ModelWizard(): ReactNode {
  const { t } = useTranslation();
  const [step, setStep] = useState(0);
  const [server, setServer] = useState<Server | null>(null);
  const [apiKey, setApiKey] = useState<string | null>(null);
  const [form] = Form.useForm();
  const check = useChange('POST /models/{id}/check');
  const create = useChange('POST /models', (error) => {
    const faults = fieldFaults(error);
    form.setFields((faults.length > 0 ? faults : [{ name: 'id', errors: [error.message] }]) as never);
  });
  const register = (values: Omit<ModelBody, 'base_url' | 'protocol'>): void => {
    if (!server?.protocol) return;
    const { base_url, protocol } = server;
    const body = { ...values, base_url, protocol, api_key: apiKey };
    create.mutate(
      { body },
      {
        onSuccess: ({ id }) => {
          setStep(2);
          check.mutate({ id });
        },
      },
    );
  };
  const found = (report: Server, key: string | null): void => {
    setServer(report);
    setApiKey(key);
    if (report.protocol !== null) setStep(1);
  };
  return (
    <Page title={t('wizard.title')} lead={<Link href="/models">← {t('nav.models')}</Link>}>
      <div className="stack narrow">
        <Steps
          size="small"
          current={step}
          items={(['address', 'model', 'test'] as const).map((name) => ({ title: t(`wizard.${name}`) }))}
        />
        {step === 0 && <AddressStep found={found} server={server} />}
        {step === 1 && server && (
          <Panel title={t('wizard.model')} extra={<Found server={server} />}>
            <Form form={form} layout="vertical" initialValues={USUAL} onFinish={register}>
              <ModelChoice server={server} onChoose={(name) => form.setFieldsValue({ id: idFor(name) })} />
              <LimitFields />
              <div className="row">
                <Button onClick={() => setStep(0)}>{t('common.back')}</Button>
                <Button type="primary" htmlType="submit" loading={create.isPending}>
                  {t('wizard.register')}
                </Button>
              </div>
            </Form>
          </Panel>
        )}
        {step === 2 && create.data && (
          <>
            <Panel title={t('wizard.registered', { id: create.data.id })}>
              <p className="muted">{t('wizard.registeredHelp')}</p>
            </Panel>
            {check.data ? <CheckResult report={check.data} /> : <Loading rows={2} />}
            <div className="row">
              <Link href="/routes" asChild>
                <Button type="primary">{t('wizard.toRoutes')}</Button>
              </Link>
              <Link href={`/models/${encodeURIComponent(create.data.id)}`} asChild>
                <Button>{t('wizard.toModel')}</Button>
              </Link>
            </div>
          </>
        )}
      </div>
    </Page>
  );
}

interface AddressStepProps {
  readonly server: Server | null;
  found(server: Server, apiKey: string | null): void;
}

function AddressStep({ server, found }: AddressStepProps): ReactNode {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const look = useChange('POST /model-servers/look', (error) =>
    form.setFields([{ name: 'base_url', errors: [error.message] }]),
  );
  const ask = ({ base_url, api_key }: { base_url: string; api_key?: string }): void => {
    const key = api_key ? api_key : null;
    look.mutate({ body: { base_url, api_key: key } }, { onSuccess: (report) => found(report, key) });
  };
  return (
    <Panel title={t('wizard.address')}>
      <Form
        form={form}
        layout="vertical"
        onFinish={ask}
        initialValues={{ base_url: 'http://127.0.0.1:11434' }}
      >
        <Form.Item
          name="base_url"
          label={t('models.address')}
          extra={t('wizard.addressHelp')}
          rules={[{ required: true }]}
        >
          <Input autoFocus />
        </Form.Item>
        <Form.Item name="api_key" label={t('models.apiKey')} extra={t('wizard.keyHelp')}>
          <Input.Password autoComplete="off" />
        </Form.Item>
        {server && server.protocol === null && (
          <p className="bad" role="alert">
            {t('wizard.nobody')} <code>{server.error}</code>
          </p>
        )}
        <Button type="primary" htmlType="submit" loading={look.isPending}>
          {t('wizard.look')}
        </Button>
      </Form>
    </Panel>
  );
}

function Found({ server }: { readonly server: Server }): ReactNode {
  const { t } = useTranslation();
  return (
    <StateTag tone="good">
      {t('wizard.found', { protocol: server.protocol, count: server.models.length, time: server.latency_ms })}
    </StateTag>
  );
}

interface ModelChoiceProps {
  readonly server: Server;
  onChoose(name: string): void;
}

function ModelChoice({ server, onChoose }: ModelChoiceProps): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="upstream_model" label={t('models.upstream')} rules={[{ required: true }]}>
        {server.models.length > 0 ? (
          <Select
            showSearch
            options={server.models.map((name) => ({ value: name, label: name }))}
            onChange={onChoose}
          />
        ) : (
          <Input onBlur={({ target }) => onChoose(target.value)} />
        )}
      </Form.Item>
      <Form.Item name="id" label={t('wizard.id')} extra={t('wizard.idHelp')} rules={[{ required: true }]}>
        <Input />
      </Form.Item>
    </>
  );
}

/** An id that is allowed, of a name such as `Qwen/Qwen3-32B:q4`. */
function idFor(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 100);
}
