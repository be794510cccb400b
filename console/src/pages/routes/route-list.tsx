import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useApi } from '../../api/use-api.ts';
import { AddLink } from '../../parts/add-link.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ADD_ROUTE } from '../../parts/first-commands.ts';
import { Known } from '../../parts/known.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { ShareBar } from '../../parts/share-bar.tsx';
import { ALL, useModelColour } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';
import { DisableSwitch } from './disable-switch.tsx';
import { RouteTags } from './route-tags.tsx';

export function RouteList(): ReactNode {
  const { t } = useTranslation();
  const colourOf = useModelColour();
  const routes = useApi('GET /routes', { query: ALL, everyMs: 30_000 });
  const add = useMay('operator') && <AddLink to="/routes/new">{t('routes.add')}</AddLink>;
  return (
    <Page title={t('nav.routes')} lead={t('routes.lead')} actions={add}>
      <Known of={routes}>
        {({ items }) => (
          <div className="stack">
            {items.length === 0 && (
              <Panel>
                <EmptyState
                  title={t('routes.none')}
                  advice={t('routes.noneAdvice')}
                  command={ADD_ROUTE}
                  action={add}
                />
              </Panel>
            )}
            {items.map((route) => (
              <Panel
                key={route.id}
                title={
                  <span className="row">
                    <Link href={`/routes/${encodeURIComponent(route.id)}`}>{route.name}</Link>
                    <RouteTags route={route} />
                  </span>
                }
                extra={<DisableSwitch route={route} />}
              >
                <ShareBar
                  parts={route.rules.map(({ model_id, weight }) => ({
                    name: model_id,
                    size: weight,
                    colour: colourOf(model_id),
                  }))}
                />
              </Panel>
            ))}
          </div>
        )}
      </Known>
    </Page>
  );
}
