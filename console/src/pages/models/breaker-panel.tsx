import { Button, Popconfirm, Space } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useChange } from '../../api/use-api.ts';
import { type Breaker, BreakerTag } from '../../parts/breaker-tag.tsx';
import { Panel } from '../../parts/panel.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useSaid } from '../../parts/use-said.ts';
import { useSpan } from '../../parts/use-span.ts';
import { useMay } from '../../shell/session.ts';
import { useBreakers } from './model-state.tsx';

/** A breaker with its arithmetic, who stands in, what happened before, and the switches. */
export function BreakerPanel({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const breaker = useBreakers().data?.items.find(({ model_id }) => model_id === id);
  return (
    <Panel title={t('breaker.title')} extra={breaker && <BreakerTag breaker={breaker} />}>
      {breaker ? <BreakerBody breaker={breaker} /> : <p className="muted">{t('common.loading')}</p>}
    </Panel>
  );
}

const SHOWN_CHANGES = 6;

export function BreakerBody({ breaker }: { readonly breaker: Breaker }): ReactNode {
  const { t } = useTranslation();
  const said = useSaid();
  const span = useSpan();
  const { counts, fallbacks, history, trips, probes, state } = breaker;
  return (
    <div className="stack">
      <dl className="facts">
        <div className="fact">
          <dt>{t('breaker.arithmetic')}</dt>
          <dd className="num">
            {state === 'CLOSED'
              ? said({ en: counts.arithmetic, zh: counts.arithmetic_zh })
              : said({ en: breaker.because, zh: breaker.because_zh })}
          </dd>
        </div>
        <div className="fact">
          <dt>{t('breaker.inWindow', { window: span(counts.window) })}</dt>
          <dd className="num">
            {t('breaker.counts', {
              requests: counts.requests,
              failures: counts.failures,
              row: counts.consecutive_failures,
            })}
          </dd>
        </div>
        <div className="fact">
          <dt>{t('breaker.probes')}</dt>
          <dd className="num">{`${probes.passed} / ${probes.needed}`}</dd>
        </div>
        <div className="fact">
          <dt>{t('breaker.trips')}</dt>
          <dd className="num">{trips}</dd>
        </div>
        <div className="fact">
          <dt>{t('breaker.standIn')}</dt>
          <dd>
            {fallbacks.length === 0
              ? t('breaker.unused')
              : fallbacks
                  .map(({ route_id, model_id }) => `${route_id} → ${model_id ?? t('breaker.nobody')}`)
                  .join(' · ')}
          </dd>
        </div>
      </dl>
      <Switches id={breaker.model_id} />
      {history.length > 0 && (
        <ol className="timeline">
          {history.slice(0, SHOWN_CHANGES).map(({ at, from, to, because: en, because_zh: zh }) => (
            <li key={`${at}${to}`}>
              <TimeText time={at} />
              <span>
                {t(`breaker.${from}`)} → <strong>{t(`breaker.${to}`)}</strong>
              </span>
              <span className="muted">{said({ en, zh })}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Switches({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const may = useMay('operator');
  const open = useChange('POST /breakers/{id}/open');
  const close = useChange('POST /breakers/{id}/close');
  const reset = useChange('POST /breakers/{id}/reset');
  if (!may) return null;
  return (
    <Space wrap>
      <Popconfirm title={t('breaker.openSure')} onConfirm={() => open.mutate({ id })}>
        <Button danger loading={open.isPending}>
          {t('breaker.open')}
        </Button>
      </Popconfirm>
      <Button loading={close.isPending} onClick={() => close.mutate({ id })}>
        {t('breaker.close')}
      </Button>
      <Button type="text" loading={reset.isPending} onClick={() => reset.mutate({ id })}>
        {t('breaker.reset')}
      </Button>
    </Space>
  );
}
