import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useAddressState } from '../../parts/use-address-state.ts';
import { useWindow, WindowChoice } from '../../parts/window-choice.tsx';
import { ExportButton } from './export-button.tsx';
import { Filters, useFilters } from './filters.tsx';
import { Pivot } from './pivot.tsx';
import { RequestTable } from './request-table.tsx';
import { SessionTable } from './session-table.tsx';

const VIEWS = ['sessions', 'requests', 'pivot'] as const;

export function ConversationList(): ReactNode {
  const { t } = useTranslation();
  const [view, setView] = useAddressState<(typeof VIEWS)[number]>('view', 'sessions');
  const [window, setWindow] = useWindow('24h');
  const filters = useFilters();
  const query = { window, ...filters.query };
  return (
    <Page
      title={t('nav.conversations')}
      lead={t('conversations.lead')}
      actions={<WindowChoice value={window} onChange={setWindow} />}
    >
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
          <Pivot window={window} />
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
