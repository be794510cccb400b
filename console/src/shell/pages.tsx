import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Switch } from 'wouter';
import { ErrorBoundary } from '../parts/error-boundary.tsx';
import { PAGES } from './page-table.tsx';

/** The page that the address names. */
export function Pages(): ReactNode {
  const { t } = useTranslation();
  return (
    <Switch>
      {PAGES.map(({ path, view: View }) => (
        <Route key={path} path={path === '/' ? '/' : `${path}/*?`}>
          <ErrorBoundary title={t('common.broken')} advice={t('common.brokenAdvice')}>
            <View />
          </ErrorBoundary>
        </Route>
      ))}
      <Route>
        <h1>{t('common.noPage')}</h1>
        <p>
          <Link href="/">{t('common.toOverview')}</Link>
        </p>
      </Route>
    </Switch>
  );
}
