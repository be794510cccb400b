import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../api/use-api.ts';
import { AddLink } from '../../parts/add-link.tsx';
import { ADD_MODEL } from '../../parts/first-commands.ts';
import { ListPage } from '../../parts/list-page.tsx';
import { figureOf } from '../../parts/metric-text.ts';
import { ModelName } from '../../parts/model-name.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { type Model, useModels } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';
import { ModelState } from './model-state.tsx';

const WINDOW = { window: '15m' } as const;

export function ModelList(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const mayAdd = useMay('admin');
  const models = useModels();
  const figures = useApi('GET /metrics/models', { query: WINDOW, everyMs: 5_000 }).data?.items ?? [];
  const total = figures.reduce((sum, { attempts }) => sum + attempts, 0);
  const of = (id: string) => figures.find(({ model_id }) => model_id === id);
  const add = mayAdd && <AddLink to="/models/new">{t('models.add')}</AddLink>;
  return (
    <ListPage<Model>
      title={t('nav.models')}
      lead={t('models.lead')}
      add={add}
      of={models}
      empty={{ title: t('overview.noModels'), advice: t('overview.noModelsAdvice'), command: ADD_MODEL }}
      columns={[
        {
          title: t('common.model'),
          key: 'id',
          render: (_, { id, name }) => (
            <>
              <ModelName id={id} />
              {name !== id && <div className="muted small under-name">{name}</div>}
            </>
          ),
        },
        {
          title: t('models.state'),
          key: 'state',
          render: (_, model) => <ModelState model={model} />,
        },
        {
          title: t('models.share'),
          key: 'share',
          align: 'right',
          render: (_, { id }) => (total === 0 ? '–' : format.share((of(id)?.attempts ?? 0) / total)),
        },
        {
          title: 'P95',
          key: 'p95',
          align: 'right',
          render: (_, { id }) => {
            const model = of(id);
            const figure = model && figureOf(model, 'latency_p95');
            return figure ? format.duration(figure.value) : '–';
          },
        },
        {
          title: t('models.upstream'),
          key: 'upstream',
          render: (_, { upstream_model, protocol }) => (
            <>
              {upstream_model} <span className="muted">· {protocol}</span>
            </>
          ),
        },
        {
          title: t('models.address'),
          dataIndex: 'base_url',
          render: (url: string) => <code>{url}</code>,
        },
      ]}
    />
  );
}
