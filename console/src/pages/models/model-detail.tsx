import { Button, Popconfirm, Space } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useApi, useChange } from '../../api/use-api.ts';
import { Known } from '../../parts/known.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useWindow, WindowChoice } from '../../parts/window-choice.tsx';
import { useMay } from '../../shell/session.ts';
import { MetricChart } from '../overview/charts.tsx';
import { BreakerPanel } from './breaker-panel.tsx';
import { CheckResult } from './check-result.tsx';
import { ModelFacts } from './model-facts.tsx';
import { ModelForm } from './model-form.tsx';
import { ModelState } from './model-state.tsx';

export function ModelDetail({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const [window, setWindow] = useWindow('1h');
  const model = useApi('GET /models/{id}', { id });
  const [isEditing, setEditing] = useState(false);
  const check = useChange('POST /models/{id}/check');
  const mayEdit = useMay('admin');
  const mayCheck = useMay('operator');
  return (
    <Page
      title={id}
      lead={<Link href="/models">← {t('nav.models')}</Link>}
      actions={
        model.data && (
          <Space wrap>
            {mayCheck && (
              <Button loading={check.isPending} onClick={() => check.mutate({ id })}>
                {t('models.check')}
              </Button>
            )}
            {mayCheck && <EnableButton id={id} isEnabled={model.data.enabled} />}
            {mayEdit && (
              <Button type="primary" onClick={() => setEditing(true)}>
                {t('common.edit')}
              </Button>
            )}
            {mayEdit && <DeleteButton id={id} />}
          </Space>
        )
      }
    >
      <Known of={model}>
        {(data) => (
          <div className="stack">
            {check.data && <CheckResult report={check.data} />}
            <div className="grid">
              <Panel title={<ModelName id={id} isLink={false} />} extra={<ModelState model={data} />}>
                <ModelFacts model={data} />
              </Panel>
              <BreakerPanel id={id} />
            </div>
            <div className="row end">
              <WindowChoice value={window} onChange={setWindow} />
            </div>
            <div className="grid">
              {(['latency_p95', 'error_rate', 'ttft_p50', 'tokens_per_second'] as const).map((metric) => (
                <Panel key={metric}>
                  <MetricChart metric={metric} window={window} modelId={id} />
                </Panel>
              ))}
            </div>
            {isEditing && <ModelForm model={data} onClose={() => setEditing(false)} />}
          </div>
        )}
      </Known>
    </Page>
  );
}

function EnableButton({ id, isEnabled }: { readonly id: string; readonly isEnabled: boolean }): ReactNode {
  const { t } = useTranslation();
  const disable = useChange('POST /models/{id}/disable');
  const enable = useChange('POST /models/{id}/enable');
  if (!isEnabled) {
    return (
      <Button loading={enable.isPending} onClick={() => enable.mutate({ id })}>
        {t('models.enable')}
      </Button>
    );
  }
  return (
    <Popconfirm title={t('models.disableSure')} onConfirm={() => disable.mutate({ id })}>
      <Button danger loading={disable.isPending}>
        {t('models.disable')}
      </Button>
    </Popconfirm>
  );
}

function DeleteButton({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const [, goTo] = useLocation();
  const remove = useChange('DELETE /models/{id}');
  return (
    <Popconfirm
      title={t('models.deleteSure')}
      onConfirm={() => remove.mutate({ id }, { onSuccess: () => goTo('/models') })}
    >
      <Button danger type="text">
        {t('common.delete')}
      </Button>
    </Popconfirm>
  );
}
