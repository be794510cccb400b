import { StopOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useChange } from '../../api/use-api.ts';
import { useFormat } from '../../parts/use-format.ts';
import { useMay } from '../../shell/session.ts';
import type { RouteItem } from './route-tags.tsx';

/** Everyone back to stable in one click, without a question: the way back is one click too. */
export function DisableSwitch({ route }: { readonly route: RouteItem }): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const format = useFormat();
  const disable = useChange('POST /routes/{id}/disable');
  const enable = useChange('POST /routes/{id}/enable');
  const { id, stable_model_id: model, enabled } = route;
  if (!useMay('operator')) return null;
  const timed = (switchRoute: typeof disable | typeof enable, done: (time: string) => string): void => {
    const startMs = performance.now();
    switchRoute.mutate(
      { id },
      { onSuccess: () => void message.success(done(format.duration(performance.now() - startMs)), 6) },
    );
  };
  if (!enabled) {
    return (
      <Button
        type="primary"
        loading={enable.isPending}
        onClick={() => timed(enable, (time) => t('routes.enabledIn', { time }))}
      >
        {t('routes.enable')}
      </Button>
    );
  }
  return (
    <Button
      danger
      icon={<StopOutlined />}
      loading={disable.isPending}
      onClick={() => timed(disable, (time) => t('routes.disabledIn', { model, time }))}
    >
      {t('routes.disable')}
    </Button>
  );
}
