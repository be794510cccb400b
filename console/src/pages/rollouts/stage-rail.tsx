import { CheckOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../parts/use-format.ts';
import { useSaid } from '../../parts/use-said.ts';
import { useSpan } from '../../parts/use-span.ts';
import type { Rollout } from './rollout-words.tsx';

const DAY_MS = 86_400_000;

/** Every stage from the first to the last, the present one marked; of a draft what each will take. */
export function StageRail({ rollout }: { readonly rollout: Rollout }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const span = useSpan();
  const { stages, stage: present, status, outlook, hold_left } = rollout;
  const placeOf = (index: number): 'done' | 'here' | 'ahead' => {
    if (status === 'completed' || (status !== 'draft' && index < present)) return 'done';
    return status === 'active' && index === present ? 'here' : 'ahead';
  };
  return (
    <ol className="rail">
      {stages.map(({ weight, hold, quiet, approval, gates }, index) => {
        const place = placeOf(index);
        const ahead = outlook.find(({ stage }) => stage === index);
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place
            key={index}
            className={`rail-stage ${place}`}
            aria-current={place === 'here' ? 'step' : undefined}
          >
            <span className="rail-dot">{place === 'done' ? <CheckOutlined /> : index + 1}</span>
            <div>
              <strong className="num">{format.percent(weight)}</strong>
              <div className="muted small">
                {t('rollouts.holds', { hold: span(hold), quiet: span(quiet) })}
                {approval && ` · ${t('rollouts.needsApproval')}`}
              </div>
              <div className="muted small">{t('rollouts.gateCount', { count: gates.length })}</div>
              {place === 'here' && hold_left !== null && (
                <div className="small num">{t('rollouts.left', { left: span(hold_left) })}</div>
              )}
              {ahead && (
                <div className="small">
                  {ahead.days === null
                    ? t(`outlook.${ahead.status}`)
                    : t('rollouts.takes', { time: format.duration(ahead.days * DAY_MS) })}
                  {ahead.gates.map((gate, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two gates may need the same time
                    <div key={at} className="muted">
                      {said(gate)}
                    </div>
                  ))}
                </div>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
