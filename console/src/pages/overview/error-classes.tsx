import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { CodeWord } from '../../parts/code-word.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useFormat } from '../../parts/use-format.ts';

/** Which failures, by model; the words are those of the API and of logs. */
export function ErrorClasses({ table }: { readonly table: Answer<'GET /metrics/models'> }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const models = table.items.filter(({ errors }) => Object.keys(errors).length > 0);
  const classes = [...new Set(models.flatMap(({ errors }) => Object.keys(errors)))].sort();
  const rows = classes.map((name) => ({ name }));
  return (
    <Panel title={t('overview.errors')} isFlush>
      <DataTable
        size="middle"
        rowKey="name"
        dataSource={rows}
        locale={{ emptyText: t('overview.noErrors') }}
        columns={[
          {
            title: t('overview.class'),
            dataIndex: 'name',
            render: (name: string) => (
              <>
                <CodeWord list="errorClass" code={name} /> <code className="muted">{name}</code>
              </>
            ),
          },
          ...models.map(({ model_id, errors }) => ({
            title: <ModelName id={model_id} isLink={false} />,
            key: model_id,
            align: 'right' as const,
            render: (_: unknown, { name }: { name: string }) => format.count(errors[name] ?? 0),
          })),
        ]}
      />
    </Panel>
  );
}
