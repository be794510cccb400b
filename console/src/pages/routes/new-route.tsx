import { Button, Form, Input, Select, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useChange } from '../../api/use-api.ts';
import { fieldFaults } from '../../parts/fields-of.ts';
import { Known } from '../../parts/known.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { type Model, useModels } from '../../parts/use-models.ts';
import { rulesOf, type Share, WHOLE } from './split.ts';
import { SplitBar } from './split-bar.tsx';
import { ShareRows } from './split-editor.tsx';

export function NewRoute(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('routes.add')} lead={<Link href="/routes">← {t('nav.routes')}</Link>}>
      <Known of={useModels()}>{({ items }) => <RouteForm models={items} />}</Known>
    </Page>
  );
}

function RouteForm({ models }: { readonly models: readonly Model[] }): ReactNode {
  const { t } = useTranslation();
  const [, goTo] = useLocation();
  const [form] = Form.useForm();
  const [shares, setShares] = useState<Share[]>(() => firstShares(models));
  const create = useChange('POST /routes', (error) => {
    const faults = fieldFaults(error);
    form.setFields((faults.length > 0 ? faults : [{ name: 'id', errors: [error.message] }]) as never);
  });
  const save = (values: { id: string; name?: string; aliases: string[]; default: boolean }): void => {
    const { name, ...rest } = values;
    const body = { ...rest, ...(name && { name }), rules: rulesOf(shares) };
    create.mutate({ body }, { onSuccess: ({ id }) => goTo(`/routes/${encodeURIComponent(id)}`) });
  };
  return (
    <Panel>
      <Form form={form} layout="vertical" initialValues={{ aliases: [], default: true }} onFinish={save}>
        <div className="fields">
          <Form.Item name="id" label={t('routes.id')} extra={t('routes.idHelp')} rules={[{ required: true }]}>
            <Input placeholder="support" autoFocus />
          </Form.Item>
          <Form.Item name="name" label={t('models.name')}>
            <Input />
          </Form.Item>
          <Form.Item name="aliases" label={t('routes.aliasList')} extra={t('routes.aliasHelp')}>
            <Select mode="tags" tokenSeparators={[',', ' ']} open={false} suffixIcon={null} />
          </Form.Item>
          <Form.Item name="default" label={t('routes.isDefault')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
        <div className="stack">
          <SplitBar shares={shares} isFixed={false} onChange={setShares} />
          <ShareRows shares={shares} setShares={setShares} mayEdit />
          <p className="muted small">{t('routes.firstIsStable')}</p>
          <div className="row">
            <Button
              type="primary"
              htmlType="submit"
              loading={create.isPending}
              disabled={shares.length === 0}
            >
              {t('routes.create')}
            </Button>
          </div>
        </div>
      </Form>
    </Panel>
  );
}

/** Two models: most stay where they are. One model: all of them. */
function firstShares(models: readonly Model[]): Share[] {
  const ids = models.slice(0, 2).map(({ id }) => id);
  return ids.map((model_id, at) => ({
    model_id,
    size: ids.length === 1 ? WHOLE : at === 0 ? 8_000 : 2_000,
    description: '',
  }));
}
