import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { Panel } from '../../parts/panel.tsx';
import { ShareBar } from '../../parts/share-bar.tsx';
import { useModelColour } from '../../parts/use-models.ts';

/** Who answered how much. */
export function Share({ table }: { readonly table: Answer<'GET /metrics/models'> }): ReactNode {
  const { t } = useTranslation();
  const colourOf = useModelColour();
  const parts = table.items
    .filter(({ attempts }) => attempts > 0)
    .map(({ model_id, attempts }) => ({ name: model_id, size: attempts, colour: colourOf(model_id) }));
  return (
    <Panel title={t('overview.share')}>
      {parts.length === 0 ? <p className="muted">{t('overview.noTraffic')}</p> : <ShareBar parts={parts} />}
    </Panel>
  );
}
