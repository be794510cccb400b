import { App, Button, Popconfirm, Select, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';

type Rule = Answer<'GET /alert-rules'>['items'][number];
const EVENTS = [
  'error_rate',
  'latency_p95',
  'no_traffic',
  'breaker_opened',
  'rollout_held',
  'rollout_aborted',
  'journal_dropping',
  'disk_low',
] as const;

/** What is watched; each rule is switched off with one click. */
export function RuleList(): ReactNode {
  const { t } = useTranslation();
  const may = useMay('operator');
  const rules = useApi('GET /alert-rules', { query: ALL });
  const update = useChange('PATCH /alert-rules/{id}');
  const remove = useChange('DELETE /alert-rules/{id}');
  return (
    <Panel isFlush title={t('health.rules')} extra={may && <AddRule taken={rules.data?.items ?? []} />}>
      <Known of={rules}>
        {({ items }) => (
          <DataTable<Rule>
            rowKey="id"
            dataSource={items}
            columns={[
              {
                title: t('health.inUse'),
                key: 'enabled',
                render: (_, { id, enabled, version }) => (
                  <Switch
                    aria-label={`${t('health.inUse')}: ${id}`}
                    checked={enabled}
                    disabled={!may}
                    onChange={(next) => update.mutate({ id, ifMatch: version, body: { enabled: next } })}
                  />
                ),
              },
              { title: 'id', dataIndex: 'id', render: (id: string) => <code>{id}</code> },
              {
                title: t('health.event'),
                dataIndex: 'event',
                render: (event: Rule['event']) => t(`alertEvent.${event}`),
              },
              { title: t('health.limit'), key: 'limit', render: (_, rule) => <code>{limitOf(rule)}</code> },
              {
                title: '',
                key: 'remove',
                align: 'right',
                render: (_, { id }) =>
                  may && (
                    <Popconfirm
                      title={t('health.removeSure', { id })}
                      onConfirm={() => remove.mutate({ id })}
                    >
                      <Button size="small" type="text" danger>
                        {t('common.delete')}
                      </Button>
                    </Popconfirm>
                  ),
              },
            ]}
          />
        )}
      </Known>
    </Panel>
  );
}

/** A rule's own fields, as the API writes them. */
function limitOf({ id: _id, event: _event, enabled: _enabled, version: _version, ...fields }: Rule): string {
  const known = Object.entries(fields).filter(([, value]) => value !== null);
  return known.map(([name, value]) => `${name} ${value}`).join(' · ');
}

function AddRule({ taken }: { readonly taken: readonly Rule[] }): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [event, setEvent] = useState<Rule['event']>('error_rate');
  const create = useChange('POST /alert-rules', (error) => void message.error(error.message, 6));
  const add = (): void => {
    const base = event.replaceAll('_', '-');
    const id = taken.some((rule) => rule.id === base) ? `${base}-${taken.length + 1}` : base;
    create.mutate({ body: { id, event } });
  };
  return (
    <div className="row">
      <Select
        aria-label={t('health.event')}
        value={event}
        onChange={setEvent}
        popupMatchSelectWidth={false}
        options={EVENTS.map((value) => ({ value, label: t(`alertEvent.${value}`) }))}
      />
      <Button loading={create.isPending} onClick={add}>
        {t('health.addRule')}
      </Button>
    </div>
  );
}
