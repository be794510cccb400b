import {
  CaretRightOutlined,
  LogoutOutlined,
  MenuOutlined,
  PauseOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Button, Drawer, Dropdown, Tooltip } from 'antd';
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { usePause } from '../api/pause.tsx';
import { useLive } from '../api/use-live.ts';
import { Loading } from '../parts/loading.tsx';
import { Brand } from './brand.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { Navigation } from './navigation.tsx';
import { Pages } from './pages.tsx';
import { useSession } from './session.ts';
import { ThemeSwitch } from './theme-switch.tsx';
import { TimeSwitch } from './time-switch.tsx';

interface FrameProps {
  onSignOut(): Promise<void>;
}

/** Navigation on the left (a drawer where the window is narrow), the page beside it. */
export function Frame({ onSignOut }: FrameProps): ReactNode {
  const { t } = useTranslation();
  const [location] = useLocation();
  const [isOpen, setOpen] = useState(false);
  useLive();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the drawer
  useEffect(() => setOpen(false), [location]);
  return (
    <div className="frame">
      <a className="skip" href="#page">
        {t('shell.skip')}
      </a>
      <aside className="side">
        <Brand />
        <Navigation />
      </aside>
      <Drawer
        open={isOpen}
        onClose={() => setOpen(false)}
        placement="left"
        size={260}
        title={<Brand />}
        className="drawer"
      >
        <Navigation />
      </Drawer>
      <div className="body">
        <header className="top">
          <Button
            className="only-narrow"
            type="text"
            icon={<MenuOutlined />}
            aria-label={t('shell.menu')}
            onClick={() => setOpen(true)}
          />
          <span className="only-narrow">
            <Brand />
          </span>
          <span className="grow" />
          <PauseSwitch />
          <TimeSwitch />
          <LanguageSwitch />
          <ThemeSwitch />
          <UserMenu onSignOut={onSignOut} />
        </header>
        <main id="page" className="page" tabIndex={-1}>
          <Suspense fallback={<Loading />}>
            <Pages />
          </Suspense>
        </main>
      </div>
    </div>
  );
}

function PauseSwitch(): ReactNode {
  const { t } = useTranslation();
  const { isPaused, setPaused } = usePause();
  return (
    <Tooltip title={t(isPaused ? 'shell.paused' : 'shell.live')}>
      <Button
        type="text"
        aria-label={t(isPaused ? 'shell.resume' : 'shell.pause')}
        aria-pressed={isPaused}
        icon={isPaused ? <CaretRightOutlined /> : <PauseOutlined />}
        onClick={() => setPaused(!isPaused)}
      />
    </Tooltip>
  );
}

function UserMenu({ onSignOut }: FrameProps): ReactNode {
  const { t } = useTranslation();
  const session = useSession();
  const items = [
    { key: 'who', disabled: true, label: `${session.key_name} · ${t(`role.${session.role}`)}` },
    { type: 'divider' as const },
    { key: 'out', icon: <LogoutOutlined />, label: t('shell.signOut') },
  ];
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => key === 'out' && void onSignOut() }}>
      <Button type="text" icon={<UserOutlined />} aria-label={t('shell.account')} />
    </Dropdown>
  );
}
