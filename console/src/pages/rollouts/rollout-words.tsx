import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';

export type Rollout = Answer<'GET /rollouts'>['items'][number];

const TONES: Readonly<Record<string, Tone>> = {
  draft: 'muted',
  active: 'info',
  completed: 'good',
  aborted: 'bad',
  cancelled: 'muted',
};

/** Whether a rollout goes on, and if not, in a word why. */
export function RolloutState({ rollout }: { readonly rollout: Rollout }): ReactNode {
  const { t } = useTranslation();
  const { status, blocks } = rollout;
  const [first] = blocks;
  if (status === 'active' && first) {
    return <StateTag tone="warn">{t(`block.${first.block}` as 'block.no_data')}</StateTag>;
  }
  return (
    <StateTag tone={TONES[status] ?? 'muted'}>
      {t(`rolloutStatus.${status}` as 'rolloutStatus.active')}
    </StateTag>
  );
}
