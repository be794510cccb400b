import { Button, Popconfirm, Progress } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi, useChange } from '../../api/use-api.ts';
import { Known } from '../../parts/known.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useMay } from '../../shell/session.ts';

/** How far the index of the record is, and the way to make it anew. */
export function IndexPanel(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const index = useApi('GET /index', { everyMs: 3_000 });
  const rebuild = useChange('POST /index/rebuild');
  const may = useMay('operator');
  return (
    <Panel
      title={t('index.title')}
      extra={
        may && (
          <Popconfirm title={t('index.sure')} onConfirm={() => rebuild.mutate({})}>
            <Button loading={rebuild.isPending}>{t('index.rebuild')}</Button>
          </Popconfirm>
        )
      }
    >
      <Known of={index} rows={1}>
        {({ state, requests, lag_bytes, progress }) => (
          <div className="row">
            <StateTag tone={state === 'ready' ? 'good' : 'warn'}>{t(`index.${state}`)}</StateTag>
            {requests !== null && <span>{t('index.requests', { text: format.count(requests) })}</span>}
            {lag_bytes !== null && (
              <span className="muted">{t('index.lag', { text: format.bytes(lag_bytes) })}</span>
            )}
            {progress !== null && state !== 'ready' && <Progress percent={Math.round(progress * 100)} />}
          </div>
        )}
      </Known>
    </Panel>
  );
}
