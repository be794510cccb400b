import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Body } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { JsonField } from '../../parts/json-field.tsx';
import { useJsonText } from '../../parts/use-json-text.ts';
import { useSaved } from '../../parts/use-saved.ts';
import { useMay } from '../../shell/session.ts';

/** A route as JSON: edited or pasted, whole or just `{"strategy", "rules"}`; faults stand at their lines. */
export function RouteJson({ route }: { readonly route: Answer<'GET /routes/{id}'> }): ReactNode {
  const { t } = useTranslation();
  const saved = useSaved();
  const { version, managed_by, ...document } = route;
  const json = useJsonText(document, '');
  const update = useChange('PATCH /routes/{id}', json.refuse);
  const mayEdit = useMay('operator') && managed_by === null;
  const save = (): void =>
    update.mutate(
      { id: route.id, ifMatch: version, body: json.parsed() as Body<'PATCH /routes/{id}'> },
      { onSuccess: saved },
    );
  return (
    <div className="stack">
      <p className="muted">{t('routes.jsonHelp')}</p>
      <JsonField label={t('routes.tab.json')} isReadOnly={!mayEdit} {...json.fields} />
      {mayEdit && (
        <div className="row">
          <Button type="primary" disabled={!json.isJson} loading={update.isPending} onClick={save}>
            {t('routes.save')}
          </Button>
        </div>
      )}
    </div>
  );
}
