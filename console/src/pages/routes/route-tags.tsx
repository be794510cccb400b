import { Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { StateTag } from '../../parts/state-tag.tsx';

export type RouteItem = Answer<'GET /routes'>['items'][number];

export function RouteTags({ route }: { readonly route: RouteItem }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {route.enabled ? (
        <StateTag tone="good">{t('routes.enabled')}</StateTag>
      ) : (
        <StateTag tone="warn">{t('routes.disabled', { model: route.stable_model_id })}</StateTag>
      )}
      {route.default && <Tag>{t('routes.default')}</Tag>}
      {route.managed_by === 'file' && <Tag>{t('common.ownedByFile')}</Tag>}
    </>
  );
}
