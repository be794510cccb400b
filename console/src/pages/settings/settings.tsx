import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page.tsx';
import { useAddressState } from '../../parts/use-address-state.ts';
import { useMay } from '../../shell/session.ts';
import { ErasePanel } from './erase-panel.tsx';
import { IndexPanel } from './index-panel.tsx';
import { IntentsPanel } from './intents-panel.tsx';
import { KeyList } from './key-list.tsx';
import { SettingsForm } from './settings-form.tsx';

export function Settings(): ReactNode {
  const { t } = useTranslation();
  const isAdmin = useMay('admin');
  const [tab, setTab] = useAddressState<string>('tab', isAdmin ? 'keys' : 'general');
  const items = [
    ...(isAdmin ? [{ key: 'keys', label: t('settings.keys'), children: <KeyList /> }] : []),
    { key: 'general', label: t('settings.general'), children: <SettingsForm mayEdit={isAdmin} /> },
    { key: 'intents', label: t('settings.intents'), children: <IntentsPanel /> },
    {
      key: 'data',
      label: t('settings.data'),
      children: (
        <div className="stack">
          <IndexPanel />
          {isAdmin && <ErasePanel />}
        </div>
      ),
    },
  ];
  return (
    <Page title={t('nav.settings')} lead={t('settings.lead')}>
      <Tabs activeKey={tab} onChange={setTab} items={items} destroyOnHidden />
    </Page>
  );
}
