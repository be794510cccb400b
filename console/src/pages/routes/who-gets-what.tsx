import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { CodeWord } from '../../parts/code-word.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { ShareBar } from '../../parts/share-bar.tsx';
import { useModelColour } from '../../parts/use-models.ts';

const MAX_USERS = 10_000;
type Explained = Answer<'POST /routes/{id}/explain'>['items'][number];

/** Where users fall and why: one, or a list, one id a line. */
export function WhoGetsWhat({ route }: { readonly route: { readonly id: string } }): ReactNode {
  const { t } = useTranslation();
  const colourOf = useModelColour();
  const [text, setText] = useState('alice\nuid_123456');
  const explain = useChange('POST /routes/{id}/explain');
  const ids = text.split('\n').filter((line) => line !== '');
  const parts = Object.entries(explain.data?.counts ?? {}).map(([name, size]) => ({
    name,
    size,
    colour: colourOf(name),
  }));
  return (
    <div className="stack">
      <Input.TextArea
        aria-label={t('who.users')}
        placeholder={t('who.users')}
        autoSize={{ minRows: 3, maxRows: 12 }}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div className="row">
        <Button
          type="primary"
          disabled={ids.length === 0}
          loading={explain.isPending}
          onClick={() => explain.mutate({ id: route.id, body: { user_ids: ids.slice(0, MAX_USERS) } })}
        >
          {t('who.ask')}
        </Button>
        <span className="muted">{t('who.count', { count: ids.length })}</span>
      </div>
      {parts.length > 0 && <ShareBar parts={parts} />}
      {explain.data && (
        <DataTable<Explained>
          size="small"
          rowKey="user_id"
          dataSource={explain.data.items}
          pagination={{ pageSize: 20, showSizeChanger: false, hideOnSinglePage: true }}
          columns={[
            { title: t('who.user'), dataIndex: 'user_id' },
            {
              title: t('who.bucket'),
              key: 'bucket',
              align: 'right',
              render: (_, { position }) => (position / 100).toFixed(2),
            },
            {
              title: t('who.assigned'),
              dataIndex: 'assigned_model_id',
              render: (id: string | null) => (id === null ? '–' : <ModelName id={id} />),
            },
            {
              title: t('who.reason'),
              key: 'reason',
              render: (_, { reason, refusal }) =>
                reason === null ? refusal : <CodeWord list="reason" code={reason} />,
            },
            {
              title: t('who.serving'),
              key: 'serving',
              render: (_, { serving_model_id, assigned_model_id, fallback }) =>
                serving_model_id === null || serving_model_id === assigned_model_id ? (
                  <span className="muted">{t('who.same')}</span>
                ) : (
                  <>
                    <ModelName id={serving_model_id} />{' '}
                    {fallback !== null && <CodeWord list="fallback" code={fallback} />}
                  </>
                ),
            },
          ]}
        />
      )}
    </div>
  );
}
