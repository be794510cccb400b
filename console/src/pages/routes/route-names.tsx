import { Button, Form, Input, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { fieldFaults } from '../../parts/fields-of.ts';
import { useSaved } from '../../parts/use-saved.ts';
import { useMay } from '../../shell/session.ts';
import { AudienceFields } from './audience-fields.tsx';
import { type AudienceDraft, audiencesOf, draftsOf, fieldOf } from './audiences.ts';

type Route = Answer<'GET /routes/{id}'>;
interface Draft extends Pick<Route, 'name' | 'aliases' | 'default' | 'stickiness'> {
  readonly audiences?: AudienceDraft[];
}

/** What clients call the route, who has a model of their own in it, and what a conversation keeps to. */
export function RouteNames({ route }: { readonly route: Route }): ReactNode {
  const { t } = useTranslation();
  const saved = useSaved();
  const [form] = Form.useForm<Draft>();
  const mayEdit = useMay('operator') && route.managed_by === null;
  const update = useChange('PATCH /routes/{id}', (error) => {
    const faults = fieldFaults(error).map(({ name, errors }) => ({ name: fieldOf(name), errors }));
    form.setFields((faults.length > 0 ? faults : [{ name: 'name', errors: [error.message] }]) as never);
  });
  const save = ({ audiences = [], ...draft }: Draft): void =>
    update.mutate(
      {
        id: route.id,
        ifMatch: route.version,
        body: { ...draft, audiences: audiencesOf(audiences) },
      },
      { onSuccess: saved },
    );
  return (
    <Form
      form={form}
      layout="vertical"
      disabled={!mayEdit}
      initialValues={{ ...route, audiences: draftsOf(route.audiences) }}
      onFinish={save}
    >
      <div className="fields">
        <Form.Item name="name" label={t('models.name')} rules={[{ required: true }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="aliases" label={t('routes.aliasList')} extra={t('routes.aliasHelp')}>
          <Select mode="tags" tokenSeparators={[',', ' ']} open={false} suffixIcon={null} />
        </Form.Item>
        <Form.Item name="stickiness" label={t('routes.stickiness')}>
          <Select
            options={(['user', 'conversation'] as const).map((value) => ({
              value,
              label: t(`stickiness.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="default" label={t('routes.isDefault')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <h3>{t('routes.audiences')}</h3>
      <p className="muted small">{t('routes.audiencesHelp')}</p>
      <AudienceFields />
      {mayEdit && (
        <div className="row">
          <Button type="primary" htmlType="submit" loading={update.isPending}>
            {t('routes.save')}
          </Button>
        </div>
      )}
    </Form>
  );
}
