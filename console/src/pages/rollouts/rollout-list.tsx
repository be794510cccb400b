import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useApi } from '../../api/use-api.ts';
import { AddLink } from '../../parts/add-link.tsx';
import { CREATE_ROLLOUT } from '../../parts/first-commands.ts';
import { ListPage } from '../../parts/list-page.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ALL } from '../../parts/use-models.ts';
import { useSaid } from '../../parts/use-said.ts';
import { useMay } from '../../shell/session.ts';
import { type Rollout, RolloutState } from './rollout-words.tsx';

export function RolloutList(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const rollouts = useApi('GET /rollouts', { query: ALL, everyMs: 3_000 });
  const add = useMay('operator') && <AddLink to="/rollouts/new">{t('rollouts.add')}</AddLink>;
  return (
    <ListPage<Rollout>
      title={t('nav.rollouts')}
      lead={t('rollouts.lead')}
      add={add}
      of={rollouts}
      empty={{ title: t('rollouts.none'), advice: t('rollouts.noneAdvice'), command: CREATE_ROLLOUT }}
      columns={[
        {
          title: t('rollouts.rollout'),
          dataIndex: 'id',
          render: (id: string) => <Link href={`/rollouts/${encodeURIComponent(id)}`}>{id}</Link>,
        },
        {
          title: t('models.state'),
          key: 'state',
          render: (_, rollout) => <RolloutState rollout={rollout} />,
        },
        {
          title: t('rollouts.candidate'),
          dataIndex: 'candidate_model_id',
          render: (id: string) => <ModelName id={id} />,
        },
        {
          title: t('rollouts.stage'),
          key: 'stage',
          align: 'right',
          render: (_, { stage, stages, weight }) =>
            `${stage + 1} / ${stages.length} · ${format.percent(weight)}`,
        },
        {
          title: t('rollouts.why'),
          key: 'why',
          render: (_, { because, ended }) => said(because ?? ended?.said) ?? '–',
        },
      ]}
    />
  );
}
