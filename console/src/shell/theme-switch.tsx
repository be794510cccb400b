import { DesktopOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { THEME_CHOICES, type ThemeChoice, useLook } from '../style/theme.tsx';

const ICONS: Readonly<Record<ThemeChoice, ReactNode>> = {
  system: <DesktopOutlined />,
  light: <SunOutlined />,
  dark: <MoonOutlined />,
};

export function ThemeSwitch(): ReactNode {
  const { t } = useTranslation();
  const { choice, choose, isDark } = useLook();
  const items = THEME_CHOICES.map((key) => ({ key, icon: ICONS[key], label: t(`shell.theme.${key}`) }));
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items, selectedKeys: [choice], onClick: ({ key }) => choose(key as ThemeChoice) }}
    >
      <Button type="text" aria-label={t('shell.theme.label')} icon={isDark ? ICONS.dark : ICONS.light} />
    </Dropdown>
  );
}
