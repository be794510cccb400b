import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../api/use-api.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ADD_MODEL } from '../../parts/first-commands.ts';
import { Known } from '../../parts/known.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useModels } from '../../parts/use-models.ts';
import { useWindow, WindowChoice } from '../../parts/window-choice.tsx';
import { Attention } from './attention.tsx';
import { Charts } from './charts.tsx';
import { ErrorClasses } from './error-classes.tsx';
import { ModelTable } from './model-table.tsx';
import { Share } from './share.tsx';
import { Tiles } from './tiles.tsx';

const EVERY_MS = 5_000;

export function Overview(): ReactNode {
  const { t } = useTranslation();
  const [window, setWindow] = useWindow('15m');
  const models = useModels();
  const figures = useApi('GET /metrics/models', { query: { window }, everyMs: EVERY_MS });
  return (
    <Page
      title={t('nav.overview')}
      lead={t('overview.lead')}
      actions={<WindowChoice value={window} onChange={setWindow} />}
    >
      <Known of={models} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Panel>
              <EmptyState
                title={t('overview.noModels')}
                advice={t('overview.noModelsAdvice')}
                command={ADD_MODEL}
              />
            </Panel>
          ) : (
            <div className="stack">
              <Attention />
              <Known of={figures} rows={4}>
                {(table) => (
                  <>
                    <Tiles table={table} window={window} />
                    <Share table={table} />
                  </>
                )}
              </Known>
              <Charts window={window} />
              <Known of={figures} rows={6}>
                {(table) => (
                  <>
                    <ModelTable table={table} />
                    <ErrorClasses table={table} />
                  </>
                )}
              </Known>
            </div>
          )
        }
      </Known>
    </Page>
  );
}
