import { Button, Popconfirm, Select, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';

type Rule = Answer<'GET /alert-rules'>['items'][number];
const FIELDS = ['model_id', 'above_pct', 'above', 'window', 'min_requests'] as const;
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
              { title: t('health.limit'), key: 'limit', render: (_, rule) => <Limit rule={rule} /> },
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

/** A rule's own fields, in words. */
function Limit({ rule }: { readonly rule: Rule }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { free_below_bytes: bytes } = rule;
  const said = FIELDS.flatMap((name) => {
    const value = rule[name];
    return value === undefined || value === null ? [] : [t(`ruleField.${name}`, { value })];
  });
  if (bytes !== undefined) said.push(t('ruleField.free_below_bytes', { value: format.bytes(bytes) }));
  return <span className="num">{said.length === 0 ? '–' : said.join(' · ')}</span>;
}

function AddRule({ taken }: { readonly taken: readonly Rule[] }): ReactNode {
  const { t } = useTranslation();
  const [event, setEvent] = useState<Rule['event']>('error_rate');
  const create = useChange('POST /alert-rules');
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
