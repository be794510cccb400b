import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../api/use-api.ts';
import { BreakerTag } from '../../parts/breaker-tag.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { ALL, type Model } from '../../parts/use-models.ts';

/** Every breaker, as it stands. */
export function useBreakers() {
  return useApi('GET /breakers', { query: ALL, everyMs: 2_000 });
}

/** Whether a model serves, and if not, why. */
export function ModelState({ model }: { readonly model: Pick<Model, 'id' | 'enabled'> }): ReactNode {
  const { t } = useTranslation();
  const breaker = useBreakers().data?.items.find(({ model_id }) => model_id === model.id);
  if (!model.enabled) return <StateTag tone="muted">{t('models.disabled')}</StateTag>;
  return breaker ? <BreakerTag breaker={breaker} /> : null;
}
