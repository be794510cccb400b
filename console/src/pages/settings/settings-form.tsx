import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Body } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { useTellTrouble } from '../../api/use-trouble-text.ts';
import { changedOnly, fieldFaults } from '../../parts/fields-of.ts';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useModels } from '../../parts/use-models.ts';
import { useSaved } from '../../parts/use-saved.ts';

type SettingsDocument = Answer<'GET /settings'>;

interface Field {
  /** As the API names it. */
  readonly path: readonly [string, string];
  readonly kind: 'duration' | 'bytes' | 'switch' | 'list' | 'number' | 'model' | readonly string[];
}

/** Every setting that people change, by what it is about; `config` and the API have all. */
const SECTIONS: readonly {
  readonly name: 'identity' | 'chat' | 'keeping' | 'judge';
  readonly fields: readonly Field[];
}[] = [
  {
    name: 'identity',
    fields: [
      { path: ['identity', 'user_sources'], kind: 'list' },
      { path: ['identity', 'session_sources'], kind: 'list' },
      { path: ['identity', 'fallback'], kind: ['stable', 'api_key'] },
      { path: ['sessions', 'idle'], kind: 'duration' },
    ],
  },
  {
    name: 'chat',
    fields: [
      { path: ['routing', 'unknown_model'], kind: ['default_route', 'reject'] },
      { path: ['auth', 'anonymous_chat'], kind: 'switch' },
      { path: ['cors', 'origins'], kind: 'list' },
      { path: ['alerts', 'webhook_networks'], kind: 'list' },
      { path: ['limits', 'body_bytes'], kind: 'bytes' },
    ],
  },
  {
    name: 'keeping',
    fields: [
      { path: ['journal', 'keep_events'], kind: 'duration' },
      { path: ['journal', 'keep_texts'], kind: 'duration' },
      { path: ['journal', 'max_bytes'], kind: 'bytes' },
      { path: ['journal', 'min_free_bytes'], kind: 'bytes' },
      { path: ['journal', 'sync'], kind: 'switch' },
    ],
  },
  {
    name: 'judge',
    fields: [
      { path: ['judge', 'model_id'], kind: 'model' },
      { path: ['judge', 'sample_percent'], kind: 'number' },
      { path: ['judge', 'daily_budget'], kind: 'number' },
    ],
  },
];

export function SettingsForm({ mayEdit }: { readonly mayEdit: boolean }): ReactNode {
  const settings = useApi('GET /settings');
  return (
    <Known of={settings}>{(data) => <Sections key={data.version} settings={data} mayEdit={mayEdit} />}</Known>
  );
}

interface SectionsProps {
  readonly settings: SettingsDocument;
  readonly mayEdit: boolean;
}

function Sections({ settings, mayEdit }: SectionsProps): ReactNode {
  const { t } = useTranslation();
  const saved = useSaved();
  const tell = useTellTrouble();
  const [form] = Form.useForm();
  const update = useChange('PATCH /settings', (error) => {
    form.setFields(fieldFaults(error) as never);
    tell(error);
  });
  const save = (values: object): void =>
    update.mutate(
      { ifMatch: settings.version, body: changedOnly(settings, values) as Body<'PATCH /settings'> },
      { onSuccess: saved },
    );
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={settings}
      onFinish={save}
      disabled={!mayEdit || settings.managed_by !== null}
    >
      <div className="stack">
        {settings.managed_by === 'file' && <p className="muted">{t('common.ownedByFile')}</p>}
        {SECTIONS.map(({ name, fields }) => (
          <Panel key={name} title={t(`settings.section.${name}`)}>
            <div className="fields wide">
              {fields.map((field) => (
                <OneField key={field.path.join('.')} field={field} />
              ))}
            </div>
          </Panel>
        ))}
        {mayEdit && (
          <div className="row">
            <Button type="primary" htmlType="submit" loading={update.isPending}>
              {t('common.save')}
            </Button>
          </div>
        )}
      </div>
    </Form>
  );
}

function OneField({ field: { path, kind } }: { readonly field: Field }): ReactNode {
  const { t } = useTranslation();
  const models = useModels().data?.items ?? [];
  const label = t(`setting.${path.join('.')}` as 'setting.judge.model_id');
  const name = [...path];
  if (kind === 'switch') {
    return (
      <Form.Item name={name} label={label} valuePropName="checked">
        <Switch />
      </Form.Item>
    );
  }
  return (
    <Form.Item name={name} label={label}>
      {kind === 'list' ? (
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ']} />
      ) : kind === 'model' ? (
        <Select allowClear options={models.map(({ id }) => ({ value: id, label: id }))} />
      ) : kind === 'bytes' || kind === 'number' ? (
        <InputNumber min={0} {...(kind === 'bytes' && { suffix: t('unit.bytes') })} />
      ) : kind === 'duration' ? (
        <Input />
      ) : (
        <Select
          options={kind.map((value) => ({
            value,
            label: t(`settingChoice.${value}` as 'settingChoice.stable'),
          }))}
        />
      )}
    </Form.Item>
  );
}
