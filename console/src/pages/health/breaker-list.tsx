import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BreakerTag } from '../../parts/breaker-tag.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Known } from '../../parts/known.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import { BreakerBody } from '../models/breaker-panel.tsx';
import { useBreakers } from '../models/model-state.tsx';

/** Every breaker with its arithmetic and its switches; those that are not closed come first. */
export function BreakerList(): ReactNode {
  const { t } = useTranslation();
  return (
    <Known of={useBreakers()}>
      {({ items }) =>
        items.length === 0 ? (
          <Panel>
            <EmptyState title={t('overview.noModels')} advice={t('overview.noModelsAdvice')} />
          </Panel>
        ) : (
          <div className="grid">
            {items
              .toSorted((a, b) => Number(a.state === 'CLOSED') - Number(b.state === 'CLOSED'))
              .map((breaker) => (
                <Panel
                  key={breaker.model_id}
                  title={<ModelName id={breaker.model_id} />}
                  extra={<BreakerTag breaker={breaker} />}
                >
                  <BreakerBody breaker={breaker} />
                </Panel>
              ))}
          </div>
        )
      }
    </Known>
  );
}
