import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { Facts } from '../../parts/facts.tsx';
import { useSpan } from '../../parts/use-span.ts';

export function ModelFacts({ model }: { readonly model: Answer<'GET /models/{id}'> }): ReactNode {
  const { t } = useTranslation();
  const span = useSpan();
  const facts: [string, ReactNode][] = [
    [t('models.name'), model.name],
    [t('models.address'), <code key="url">{model.base_url}</code>],
    [t('models.upstream'), `${model.upstream_model} · ${model.protocol}`],
    [t('models.limits'), t('models.limitsText', { running: model.max_concurrent, waiting: model.max_queue })],
    [
      t('models.times'),
      [model.connect_timeout, model.timeout, model.idle_timeout, model.total_timeout].map(span).join(' · '),
    ],
    [t('models.capture'), t(`capture.${model.capture}`)],
    [
      t('models.options'),
      model.options === null ? '–' : <code key="options">{JSON.stringify(model.options)}</code>,
    ],
    [t('models.prompt'), model.system_prompt ?? '–'],
    [t('models.fallback'), model.breaker.fallback_model_id ?? t('models.fallbackStable')],
  ];
  return (
    <>
      {model.managed_by === 'file' && <p className="muted">{t('common.ownedByFile')}</p>}
      <Facts facts={facts} />
    </>
  );
}
