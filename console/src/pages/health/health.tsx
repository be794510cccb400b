import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page.tsx';
import { useAddressState } from '../../parts/use-address-state.ts';
import { useMay } from '../../shell/session.ts';
import { AlertList } from './alert-list.tsx';
import { BreakerList } from './breaker-list.tsx';
import { ChannelList } from './channel-list.tsx';
import { RuleList } from './rule-list.tsx';

export function Health(): ReactNode {
  const { t } = useTranslation();
  const [tab, setTab] = useAddressState<string>('tab', 'breakers');
  const seesChannels = useMay('operator');
  const items = [
    { key: 'breakers', label: t('health.breakers'), children: <BreakerList /> },
    { key: 'alerts', label: t('health.alerts'), children: <AlertList /> },
    { key: 'rules', label: t('health.rules'), children: <RuleList /> },
    ...(seesChannels ? [{ key: 'channels', label: t('health.channels'), children: <ChannelList /> }] : []),
  ];
  return (
    <Page title={t('nav.health')} lead={t('health.lead')}>
      <Tabs activeKey={tab} onChange={setTab} items={items} destroyOnHidden />
    </Page>
  );
}
