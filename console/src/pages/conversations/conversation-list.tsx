import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { RangeChoice, useRange } from '../../parts/range-choice.tsx';
import { useAddressState } from '../../parts/use-address-state.ts';
import { ExportButton } from './export-button.tsx';
import { Filters, useFilters } from './filters.tsx';
import { Pivot } from './pivot.tsx';
import { RequestTable } from './request-table.tsx';
import { SessionTable } from './session-table.tsx';

const VIEWS = ['sessions', 'requests', 'pivot'] as const;

export function ConversationList(): ReactNode {
  const { t } = useTranslation();
  const [view, setView] = useAddressState<(typeof VIEWS)[number]>('view', 'sessions');
  const range = useRange('24h');
  const filters = useFilters();
  const query = { ...range.query, ...filters.query };
  return (
    <Page title={t('nav.conversations')} lead={t('conversations.lead')} actions={<RangeChoice {...range} />}>
      <div className="stack">
        <div className="row">
          <Segmented
            aria-label={t('conversations.view')}
            value={view}
            onChange={setView}
            options={VIEWS.map((value) => ({ value, label: t(`conversations.${value}`) }))}
          />
          <span className="grow" />
          {view !== 'pivot' && <ExportButton view={view} query={query} />}
        </div>
        {view === 'pivot' ? (
          <Pivot range={range.query} />
        ) : (
          <Panel isFlush title={<Filters {...filters} hasErrors={view === 'requests'} />}>
            {view === 'sessions' ? (
              <SessionTable query={sessionQuery(query)} />
            ) : (
              <RequestTable query={query} />
            )}
          </Panel>
        )}
      </div>
    </Page>
  );
}

/** Sessions know no classes of errors. */
function sessionQuery({ error_class: _class, ...query }: { error_class?: string }): object {
  return query;
}
