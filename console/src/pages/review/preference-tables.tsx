import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useFormat } from '../../parts/use-format.ts';

type Preference = Answer<'GET /reviews/{id}/result'>['preferences'][number];
type Reading = Pick<Preference, 'status' | 'value' | 'low' | 'high'>;

/** Which of two models was preferred, with intervals, as a whole and by whose conversation it was. */
export function PreferenceTables({
  preferences,
}: {
  readonly preferences: readonly Preference[];
}): ReactNode {
  const { t } = useTranslation();
  const { share } = useFormat();
  const models = preferences[0]?.wins.map(({ model_id }) => model_id) ?? [];
  const title = t('review.preference', { model: models[1] ?? '' });
  const show = ({ status, value, low, high }: Reading): string =>
    value === null || low === null || high === null
      ? status
      : `${share(value)} [${share(low)}, ${share(high)}]`;
  const preference = {
    title,
    key: 'value',
    align: 'right' as const,
    render: (_: unknown, row: Reading) => show(row),
  };
  const question = { title: t('review.question'), dataIndex: 'text' };
  return (
    <>
      <Panel isFlush title={t('review.result')}>
        <DataTable
          size="middle"
          rowKey="id"
          dataSource={[...preferences]}
          columns={[
            question,
            ...models.map((model) => ({
              title: <ModelName id={model} isLink={false} />,
              key: model,
              align: 'right' as const,
              render: (_: unknown, { wins }: Preference) =>
                wins.find(({ model_id }) => model_id === model)?.pairs ?? 0,
            })),
            { title: t('review.bothSame'), dataIndex: 'same', align: 'right' },
            preference,
          ]}
        />
      </Panel>
      <Panel isFlush title={t('review.byConversation')}>
        <DataTable
          size="middle"
          rowKey="key"
          dataSource={preferences.flatMap(({ id, text, by_conversation }) =>
            by_conversation.map((one) => ({ ...one, text, key: `${id} ${one.model_id}` })),
          )}
          columns={[
            question,
            {
              title: t('nav.models'),
              key: 'model',
              render: (_, { model_id }) => <ModelName id={model_id} isLink={false} />,
            },
            { title: t('review.pairs'), dataIndex: 'pairs', align: 'right' },
            preference,
          ]}
        />
      </Panel>
    </>
  );
}
