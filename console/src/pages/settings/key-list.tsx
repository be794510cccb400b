import { Alert, Button, Form, Input, Popconfirm, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Body } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ALL } from '../../parts/use-models.ts';

type Key = Answer<'GET /keys'>['items'][number];
const ROLES = ['chat', 'viewer', 'analyst', 'operator', 'admin'] as const;

/** Who may do what: programs chat, people look, analyse, operate or administer. */
export function KeyList(): ReactNode {
  const { t } = useTranslation();
  const keys = useApi('GET /keys', { query: ALL });
  const remove = useChange('DELETE /keys/{id}');
  return (
    <div className="stack">
      <NewKey />
      <Panel isFlush>
        <Known of={keys}>
          {({ items }) => (
            <DataTable<Key>
              rowKey="id"
              dataSource={items}
              locale={{ emptyText: t('settings.noKeys') }}
              columns={[
                { title: t('models.name'), dataIndex: 'name' },
                {
                  title: t('settings.role'),
                  dataIndex: 'role',
                  render: (role: Key['role']) => t(`role.${role}`),
                },
                { title: 'id', dataIndex: 'id', render: (id: string) => <code>{id}</code> },
                {
                  title: t('settings.made'),
                  dataIndex: 'created_at',
                  render: (at: string) => <TimeText time={at} />,
                },
                {
                  title: '',
                  key: 'remove',
                  align: 'right',
                  render: (_, { id, name }) => (
                    <Popconfirm
                      title={t('settings.revokeSure', { name })}
                      onConfirm={() => remove.mutate({ id })}
                    >
                      <Button size="small" type="text" danger>
                        {t('settings.revoke')}
                      </Button>
                    </Popconfirm>
                  ),
                },
              ]}
            />
          )}
        </Known>
      </Panel>
    </div>
  );
}

function NewKey(): ReactNode {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const create = useChange('POST /keys');
  return (
    <Panel title={t('settings.newKey')}>
      <Form
        form={form}
        layout="inline"
        className="wrapping"
        initialValues={{ role: 'chat' }}
        onFinish={(body: Body<'POST /keys'>) =>
          create.mutate({ body }, { onSuccess: () => form.resetFields(['name']) })
        }
      >
        <Form.Item name="name" rules={[{ required: true, message: t('settings.nameNeeded') }]}>
          <Input aria-label={t('models.name')} placeholder={t('settings.keyName')} />
        </Form.Item>
        <Form.Item name="role">
          <Select
            aria-label={t('settings.role')}
            popupMatchSelectWidth={false}
            options={ROLES.map((value) => ({
              value,
              label: `${t(`role.${value}`)} – ${t(`roleMay.${value}`)}`,
            }))}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {t('settings.make')}
        </Button>
      </Form>
      {create.data && (
        <Alert
          className="new-key"
          type="success"
          showIcon
          title={t('settings.shownOnce', { name: create.data.name })}
          description={<CopyText text={create.data.key} />}
        />
      )}
    </Panel>
  );
}
