import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { PAGES } from './page-table.tsx';
import { useSession } from './session.ts';

export function Navigation(): ReactNode {
  const { t } = useTranslation();
  const [location] = useLocation();
  const { role } = useSession();
  return (
    <nav className="nav" aria-label={t('shell.navigation')}>
      {PAGES.filter((page) => page.roles.includes(role)).map(({ path, name, icon }) => {
        const isHere = path === '/' ? location === '/' : location.startsWith(path);
        return (
          <Link key={path} href={path} className="nav-link" aria-current={isHere ? 'page' : undefined}>
            {icon}
            <span>{t(name)}</span>
          </Link>
        );
      })}
      <a className="nav-link nav-foot" href="/docs" target="_blank" rel="noreferrer">
        <span>{t('nav.docs')}</span>
      </a>
    </nav>
  );
}
