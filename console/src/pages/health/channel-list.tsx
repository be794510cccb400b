import { App, Button, Popconfirm, Space } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';
import { ChannelForm } from './channel-form.tsx';

type Channel = Answer<'GET /alert-channels'>['items'][number];

/** Who is told, by mail or webhook, with a message to try each. */
export function ChannelList(): ReactNode {
  const { t } = useTranslation();
  const mayEdit = useMay('admin');
  const [isAdding, setAdding] = useState(false);
  const channels = useApi('GET /alert-channels', { query: ALL });
  return (
    <Panel
      isFlush
      title={t('health.channels')}
      extra={
        mayEdit && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('channel.add')}
          </Button>
        )
      }
    >
      <Known of={channels}>
        {({ items }) => (
          <DataTable<Channel>
            rowKey="id"
            dataSource={items}
            locale={{ emptyText: <EmptyState title={t('channel.none')} advice={t('channel.noneAdvice')} /> }}
            columns={[
              { title: 'id', dataIndex: 'id', render: (id: string) => <code>{id}</code> },
              {
                title: t('channel.type'),
                key: 'type',
                render: (_, channel) => (channel.type === 'email' ? t('channel.email') : channel.preset),
              },
              {
                title: t('channel.to'),
                key: 'to',
                render: (_, channel) => (channel.type === 'email' ? channel.to.join(', ') : channel.url),
              },
              { title: t('shell.language'), dataIndex: 'language' },
              {
                title: '',
                key: 'do',
                align: 'right',
                render: (_, { id }) => <ChannelActions id={id} mayEdit={mayEdit} />,
              },
            ]}
          />
        )}
      </Known>
      {isAdding && <ChannelForm onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function ChannelActions({ id, mayEdit }: { readonly id: string; readonly mayEdit: boolean }): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const format = useFormat();
  const test = useChange('POST /alert-channels/{id}/test');
  const remove = useChange('DELETE /alert-channels/{id}');
  const tryIt = (): void =>
    test.mutate(
      { id },
      {
        onSuccess: ({ ok, latency_ms, error }) =>
          void (ok
            ? message.success(t('channel.worked', { time: format.duration(latency_ms) }))
            : message.error(error ?? t('channel.failed'), 8)),
      },
    );
  return (
    <Space>
      <Button size="small" loading={test.isPending} onClick={tryIt}>
        {t('channel.test')}
      </Button>
      {mayEdit && (
        <Popconfirm title={t('health.removeSure', { id })} onConfirm={() => remove.mutate({ id })}>
          <Button size="small" type="text" danger>
            {t('common.delete')}
          </Button>
        </Popconfirm>
      )}
    </Space>
  );
}
