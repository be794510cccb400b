import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useApi } from '../../api/use-api.ts';
import { Known } from '../../parts/known.tsx';
import { figureOf } from '../../parts/metric-text.ts';
import { ModelName } from '../../parts/model-name.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useSaid } from '../../parts/use-said.ts';
import { useSpan } from '../../parts/use-span.ts';
import { GateTiles } from './gate-tiles.tsx';
import { RolloutCommands } from './rollout-commands.tsx';
import { RolloutEvents } from './rollout-events.tsx';
import { type Rollout, RolloutState } from './rollout-words.tsx';
import { StageRail } from './stage-rail.tsx';

const WINDOW = { window: '5m' } as const;

export function RolloutDetail({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const rollout = useApi('GET /rollouts/{id}', { id, everyMs: 2_000 });
  return (
    <Page
      title={id}
      lead={<Link href="/rollouts">← {t('nav.rollouts')}</Link>}
      actions={rollout.data && <RolloutCommands rollout={rollout.data} />}
    >
      <Known of={rollout}>
        {(data) => (
          <div className="rollout">
            <Panel title={t('rollouts.stages')}>
              <StageRail rollout={data} />
            </Panel>
            <div className="stack">
              <Standing rollout={data} />
              <Panel title={t('rollouts.gates')}>
                <GateTiles rollout={data} />
              </Panel>
              <Panel title={t('rollouts.events')}>
                <RolloutEvents id={id} />
              </Panel>
            </div>
          </div>
        )}
      </Known>
    </Page>
  );
}

/** Where it stands: set against actual share, what is waited for, and why it does not go on. */
function Standing({ rollout }: { readonly rollout: Rollout }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const span = useSpan();
  const { candidate_model_id, stable_model_id, weight, hold_left, quiet_left, because, ended, warnings } =
    rollout;
  const table = useApi('GET /metrics/models', { query: WINDOW, everyMs: 3_000 }).data?.items ?? [];
  const both = table.filter(
    ({ model_id }) => model_id === candidate_model_id || model_id === stable_model_id,
  );
  const total = both.reduce((sum, { attempts }) => sum + attempts, 0);
  const candidate = both.find(({ model_id }) => model_id === candidate_model_id);
  const errors = candidate && figureOf(candidate, 'error_rate');
  const facts: [string, ReactNode][] = [
    [t('rollouts.candidate'), <ModelName key="candidate" id={candidate_model_id} />],
    [t('routes.stable'), <ModelName key="stable" id={stable_model_id} />],
    [t('rollouts.setShare'), format.percent(weight)],
    [t('rollouts.actualShare'), total === 0 ? '–' : format.share((candidate?.attempts ?? 0) / total)],
    [t('rollouts.holdLeft'), hold_left === null ? '–' : span(hold_left)],
    [t('rollouts.quietLeft'), quiet_left === null ? '–' : span(quiet_left)],
    [t('tiles.errorRate'), errors ? format.share(errors.value) : '–'],
  ];
  const why = said(because ?? ended?.said);
  return (
    <Panel title={t('rollouts.standing')} extra={<RolloutState rollout={rollout} />}>
      {why !== null && (
        <p className="because" aria-live="polite">
          {why}
        </p>
      )}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      {warnings.map(({ path, message: en, message_zh: zh }) => (
        <p key={path + en} className="warn small">
          {said({ en, zh })}
        </p>
      ))}
    </Panel>
  );
}
