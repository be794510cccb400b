import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Body } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { JsonField } from '../../parts/json-field.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useJsonText } from '../../parts/use-json-text.ts';
import { useSaved } from '../../parts/use-saved.ts';
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
  const saved = useSaved();
  const json = useJsonText(data.intents, 'intents');
  const replace = useChange('PUT /intents', json.refuse);
  const mayEdit = useMay('operator') && data.managed_by === null;
  const save = (): void =>
    replace.mutate(
      { ifMatch: data.version, body: { intents: json.parsed() } as Body<'PUT /intents'> },
      { onSuccess: saved },
    );
  return (
    <div className="stack">
      <JsonField label={t('settings.intents')} isReadOnly={!mayEdit} {...json.fields} />
      {mayEdit && (
        <div className="row">
          <Button type="primary" disabled={!json.isJson} loading={replace.isPending} onClick={save}>
            {t('common.save')}
          </Button>
        </div>
      )}
    </div>
  );
}
