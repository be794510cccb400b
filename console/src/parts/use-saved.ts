import { App } from 'antd';
import { useTranslation } from 'react-i18next';

interface Saved {
  readonly config_version: number;
}

/** What a form says once its change is in force: with which version. */
export function useSaved(): (change: Saved) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return ({ config_version }) => void message.success(t('routes.saved', { version: config_version }));
}
