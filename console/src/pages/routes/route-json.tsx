import { App, Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Body } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { JsonField, type LineFault } from '../../parts/json-field.tsx';
import { jsonFault, lineOf, linesOf } from '../../parts/json-lines.ts';
import { useMay } from '../../shell/session.ts';

/** A route as JSON: edited or pasted, whole or just `{"strategy", "rules"}`; faults stand at their lines. */
export function RouteJson({ route }: { readonly route: Answer<'GET /routes/{id}'> }): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { version, managed_by, ...document } = route;
  const [text, setText] = useState(() => JSON.stringify(document, null, 2));
  const [refused, setRefused] = useState<LineFault[]>([]);
  const update = useChange('PATCH /routes/{id}', (error) => {
    const lines = linesOf(text);
    const faults = error.fields.map(({ path, message: said }) => ({
      line: lineOf(lines, path),
      message: `${path}: ${said}`,
    }));
    setRefused(faults.length > 0 ? faults : [{ line: 1, message: error.message }]);
  });
  const mayEdit = useMay('operator') && managed_by === null;
  const fault = jsonFault(text);
  const save = (): void =>
    update.mutate(
      { id: route.id, ifMatch: version, body: JSON.parse(text) as Body<'PATCH /routes/{id}'> },
      {
        onSuccess: ({ config_version }) =>
          void message.success(t('routes.saved', { version: config_version })),
      },
    );
  return (
    <div className="stack">
      <p className="muted">{t('routes.jsonHelp')}</p>
      <JsonField
        label={t('routes.tab.json')}
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
          <Button type="primary" disabled={fault !== null} loading={update.isPending} onClick={save}>
            {t('routes.save')}
          </Button>
        </div>
      )}
    </div>
  );
}
