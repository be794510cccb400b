import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Answer } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { AddLink } from '../../parts/add-link.tsx';
import { ADD_EXPERIMENT } from '../../parts/first-commands.ts';
import { ListPage } from '../../parts/list-page.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ALL } from '../../parts/use-models.ts';
import { useMay } from '../../shell/session.ts';

type Experiment = Answer<'GET /experiments'>['items'][number];
const TONES: Readonly<Record<Experiment['status'], Tone>> = {
  draft: 'muted',
  running: 'info',
  stopped: 'good',
  archived: 'muted',
};

export function ExperimentState({ status }: Pick<Experiment, 'status'>): ReactNode {
  const { t } = useTranslation();
  return <StateTag tone={TONES[status]}>{t(`experimentStatus.${status}`)}</StateTag>;
}

export function ExperimentList(): ReactNode {
  const { t } = useTranslation();
  const experiments = useApi('GET /experiments', { query: ALL, everyMs: 10_000 });
  const add = useMay('operator') && <AddLink to="/experiments/new">{t('experiments.add')}</AddLink>;
  return (
    <ListPage<Experiment>
      title={t('nav.experiments')}
      lead={t('experiments.lead')}
      add={add}
      of={experiments}
      empty={{ title: t('experiments.none'), advice: t('experiments.noneAdvice'), command: ADD_EXPERIMENT }}
      columns={[
        {
          title: t('experiments.experiment'),
          key: 'id',
          render: (_, { id, name }) => <Link href={`/experiments/${encodeURIComponent(id)}`}>{name}</Link>,
        },
        {
          title: t('models.state'),
          key: 'state',
          render: (_, one) => <ExperimentState status={one.status} />,
        },
        { title: t('rollouts.route'), dataIndex: 'route_id' },
        {
          title: t('experiments.arms'),
          key: 'arms',
          render: (_, { arms }) => arms.map(({ name, share }) => `${name} ${share} %`).join(' · '),
        },
        {
          title: t('experiments.ends'),
          dataIndex: 'ends_at',
          render: (at: string | null) => (at === null ? '–' : <TimeText time={at} />),
        },
      ]}
    />
  );
}
