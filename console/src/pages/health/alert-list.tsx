import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useSaid } from '../../parts/use-said.ts';

type Alert = Answer<'GET /alerts'>['items'][number];
const TONES: Readonly<Record<Alert['deliveries'][number]['state'], Tone>> = {
  sent: 'good',
  waiting: 'info',
  dead: 'bad',
};

/** The newest alerts; opened, each shows to whom it was sent and how that went. */
export function AlertList(): ReactNode {
  const { t } = useTranslation();
  const said = useSaid();
  const alerts = useApi('GET /alerts', { query: { limit: 200 }, everyMs: 5_000 });
  return (
    <Panel isFlush>
      <Known of={alerts}>
        {({ items }) => (
          <DataTable<Alert>
            rowKey="id"
            dataSource={items}
            locale={{
              emptyText: <EmptyState title={t('health.noAlerts')} advice={t('health.noAlertsAdvice')} />,
            }}
            expandable={{
              rowExpandable: ({ deliveries }) => deliveries.length > 0,
              expandedRowRender: ({ deliveries }) => <Deliveries deliveries={deliveries} />,
            }}
            columns={[
              {
                title: t('models.state'),
                key: 'state',
                render: (_, { state }) => (
                  <StateTag tone={state === 'open' ? 'bad' : 'good'}>{t(`health.${state}`)}</StateTag>
                ),
              },
              {
                title: t('health.event'),
                dataIndex: 'event',
                render: (event: Alert['event']) => t(`alertEvent.${event}`),
              },
              { title: t('common.model'), dataIndex: 'model_id', render: (id: string | null) => id ?? '–' },
              {
                title: t('who.reason'),
                key: 'reason',
                render: (_, { opening: { reason: en, reason_zh: zh } }) => said({ en, zh }),
              },
              {
                title: t('health.opened'),
                dataIndex: 'opened_at',
                render: (at: string) => <TimeText time={at} />,
              },
              {
                title: t('health.over'),
                dataIndex: 'resolved_at',
                render: (at: string | null) => (at === null ? '–' : <TimeText time={at} />),
              },
            ]}
          />
        )}
      </Known>
    </Panel>
  );
}

function Deliveries({ deliveries }: Pick<Alert, 'deliveries'>): ReactNode {
  const { t } = useTranslation();
  return (
    <ul className="findings">
      {deliveries.map(({ channel_id, event, state, attempts, error, message_id }) => (
        <li key={`${message_id}${channel_id}${event}`}>
          <StateTag tone={TONES[state]}>{t(`delivery.${state}`)}</StateTag>
          <code>{channel_id}</code>
          <span className="finding-why">
            {t('health.attempts', { count: attempts })} {error ?? ''}
          </span>
        </li>
      ))}
    </ul>
  );
}
