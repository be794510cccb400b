import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useApi } from '../../api/use-api.ts';
import { Known } from '../../parts/known.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useAddressState } from '../../parts/use-address-state.ts';
import { DisableSwitch } from './disable-switch.tsx';
import { RouteHistory } from './route-history.tsx';
import { RouteJson } from './route-json.tsx';
import { RouteNames } from './route-names.tsx';
import { RouteTags } from './route-tags.tsx';
import { SplitEditor } from './split-editor.tsx';
import { WhoGetsWhat } from './who-gets-what.tsx';

const TABS = ['split', 'json', 'who', 'history'] as const;

export function RouteDetail({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const route = useApi('GET /routes/{id}', { id });
  const [tab, setTab] = useAddressState<(typeof TABS)[number]>('tab', 'split');
  return (
    <Page
      title={route.data?.name ?? id}
      lead={<Link href="/routes">← {t('nav.routes')}</Link>}
      actions={route.data && <DisableSwitch route={route.data} />}
    >
      <Known of={route}>
        {(data) => (
          <div className="stack">
            <Panel
              title={
                <span className="row">
                  <code>{id}</code>
                  <RouteTags route={data} />
                </span>
              }
              extra={
                data.aliases.length > 0 && (
                  <span className="muted">{t('routes.aliases', { list: data.aliases.join(', ') })}</span>
                )
              }
            >
              <Tabs
                activeKey={tab}
                onChange={(key) => setTab(key as typeof tab)}
                destroyOnHidden
                items={TABS.map((key) => ({
                  key,
                  label: t(`routes.tab.${key}`),
                  children: contentOf(key, data),
                }))}
              />
            </Panel>
            <Panel title={t('routes.names')}>
              <RouteNames key={data.version} route={data} />
            </Panel>
          </div>
        )}
      </Known>
    </Page>
  );
}

function contentOf(tab: (typeof TABS)[number], route: Parameters<typeof SplitEditor>[0]['route']): ReactNode {
  if (tab === 'split') return <SplitEditor key={route.version} route={route} />;
  if (tab === 'json') return <RouteJson key={route.version} route={route} />;
  if (tab === 'who') return <WhoGetsWhat route={route} />;
  return <RouteHistory route={route} />;
}
