import { Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../api/call.ts';
import { StateTag, type Tone } from './state-tag.tsx';
import { useNow } from './time-text.tsx';
import { useSaid } from './use-said.ts';

export type Breaker = Answer<'GET /breakers'>['items'][number];

const TONES: Readonly<Record<Breaker['state'], Tone>> = { CLOSED: 'good', OPEN: 'bad', HALF_OPEN: 'warn' };

/** A breaker's state with what one waits for: the countdown, or the probes. */
export function BreakerTag({ breaker }: { readonly breaker: Breaker }): ReactNode {
  const { t } = useTranslation();
  const nowMs = useNow();
  const said = useSaid();
  const { state, held, open_until, probes, enabled, because: en, because_zh: zh } = breaker;
  const left = open_until === null ? null : Math.max(0, Math.ceil((Date.parse(open_until) - nowMs) / 1_000));
  if (!enabled) return <StateTag tone="muted">{t('breaker.off')}</StateTag>;
  return (
    <Tooltip title={said({ en, zh })}>
      <span>
        <StateTag tone={TONES[state]}>
          {t(`breaker.${state}`)}
          {state === 'OPEN' && held && ` · ${t('breaker.held')}`}
          {state === 'OPEN' && left !== null && ` · ${t('breaker.left', { seconds: left })}`}
          {state === 'HALF_OPEN' && ` · ${probes.passed}/${probes.needed}`}
        </StateTag>
      </span>
    </Tooltip>
  );
}
