import { App, Button, Popconfirm } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { CodeWord } from '../../parts/code-word.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Difference } from '../../parts/difference.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';

type Version = Answer<'GET /config/versions'>['items'][number];

/** Every version in which this route changed, with what changed, and the way back to it. */
export function RouteHistory({ route }: { readonly route: Answer<'GET /routes/{id}'> }): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay('operator');
  const versions = useApi('GET /config/versions', { query: ALL });
  const audit = useApi('GET /audit', { query: ALL, enabled: may }).data?.items ?? [];
  const rollBack = useChange('POST /routes/{id}/rollback');
  const concerns = ({ resource }: Version): boolean =>
    resource === `routes/${route.id}` || resource === 'config';
  const entryOf = (version: number) => audit.find(({ config_version }) => config_version === version);
  const restore = (version: number): void =>
    rollBack.mutate(
      { id: route.id, body: { version } },
      { onSuccess: () => void message.success(t('history.restored', { version })) },
    );
  return (
    <Known of={versions}>
      {({ items }) => (
        <DataTable<Version>
          size="small"
          rowKey="config_version"
          dataSource={items.filter(concerns)}
          pagination={{ pageSize: 20, showSizeChanger: false, hideOnSinglePage: true }}
          locale={{ emptyText: <EmptyState title={t('history.none')} advice={t('history.noneAdvice')} /> }}
          expandable={{
            rowExpandable: ({ config_version }) => entryOf(config_version) !== undefined,
            expandedRowRender: ({ config_version }) => {
              const entry = entryOf(config_version);
              return <Difference before={entry?.before} after={entry?.after} />;
            },
          }}
          columns={[
            { title: t('history.version'), dataIndex: 'config_version', align: 'right' },
            { title: t('common.time'), dataIndex: 'at', render: (at: string) => <TimeText time={at} /> },
            {
              title: t('history.action'),
              dataIndex: 'action',
              render: (action: string) => <CodeWord list="action" code={action} />,
            },
            {
              title: t('history.actor'),
              key: 'actor',
              render: (_, { config_version, actor }) => entryOf(config_version)?.actor_name ?? actor,
            },
            {
              title: '',
              key: 'back',
              align: 'right',
              render: (_, { config_version }) =>
                config_version === route.version ? (
                  <span className="muted">{t('history.present')}</span>
                ) : (
                  may && (
                    <Popconfirm
                      title={t('history.sure', { version: config_version })}
                      onConfirm={() => restore(config_version)}
                    >
                      <Button size="small">{t('history.restore')}</Button>
                    </Popconfirm>
                  )
                ),
            },
          ]}
        />
      )}
    </Known>
  );
}
