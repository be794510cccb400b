import { App, Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { JsonField, type LineFault } from '../../parts/json-field.tsx';
import { jsonFault, lineOf, linesOf } from '../../parts/json-lines.ts';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useMay } from '../../shell/session.ts';

/** What users come for, as the list that the API takes. */
export function IntentsPanel(): ReactNode {
  const { t } = useTranslation();
  const intents = useApi('GET /intents');
  return (
    <Panel title={t('settings.intents')}>
      <p className="muted">{t('settings.intentsHelp')}</p>
      <Known of={intents}>{(data) => <Editor key={data.version} data={data} />}</Known>
    </Panel>
  );
}

function Editor({ data }: { readonly data: Answer<'GET /intents'> }): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [text, setText] = useState(() => JSON.stringify(data.intents, null, 2));
  const [refused, setRefused] = useState<LineFault[]>([]);
  const replace = useChange('PUT /intents', (error) => {
    const lines = linesOf(text);
    const inText = (path: string): string => path.replace(/^intents/, '');
    setRefused(
      error.fields.map(({ path, message: said }) => ({ line: lineOf(lines, inText(path)), message: said })),
    );
  });
  const mayEdit = useMay('operator') && data.managed_by === null;
  const fault = jsonFault(text);
  const save = (): void =>
    replace.mutate(
      { ifMatch: data.version, body: { intents: JSON.parse(text) } },
      {
        onSuccess: ({ config_version }) =>
          void message.success(t('routes.saved', { version: config_version })),
      },
    );
  return (
    <div className="stack">
      <JsonField
        label={t('settings.intents')}
        value={text}
        isReadOnly={!mayEdit}
        faults={fault ? [fault] : refused}
        onChange={(next) => {
          setText(next);
          setRefused([]);
        }}
      />
      {mayEdit && (
        <div className="row">
          <Button type="primary" disabled={fault !== null} loading={replace.isPending} onClick={save}>
            {t('common.save')}
          </Button>
        </div>
      )}
    </div>
  );
}
