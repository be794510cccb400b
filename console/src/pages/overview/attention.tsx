import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useApi } from '../../api/use-api.ts';
import { Panel } from '../../parts/panel.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { ALL } from '../../parts/use-models.ts';
import { useSaid } from '../rollouts/rollout-words.tsx';

const EVERY_MS = 5_000;
const SLOW_MS = 60_000;
/** More warnings than these are behind a link. */
const MAX_SHOWN = 8;

interface Finding {
  readonly key: string;
  readonly tone: Tone;
  readonly what: string;
  readonly why: string;
  readonly href: string;
}

/** What somebody should look at first; where there is nothing, that is said in one line. */
export function Attention(): ReactNode {
  const { t } = useTranslation();
  const { findings, isKnown } = useFindings();
  if (!isKnown)
    return (
      <Panel>
        <p className="muted">{t('attention.looking')}</p>
      </Panel>
    );
  if (findings.length === 0) {
    return (
      <Panel>
        <div className="row">
          <StateTag tone="good">{t('attention.fine')}</StateTag>
          <span className="muted">{t('attention.fineWhy')}</span>
        </div>
      </Panel>
    );
  }
  return (
    <Panel title={t('attention.title')}>
      <ul className="findings">
        {findings.slice(0, MAX_SHOWN).map(({ key, tone, what, why, href }) => (
          <li key={key}>
            <StateTag tone={tone}>{what}</StateTag>
            <span className="finding-why">{why}</span>
            <Link href={href}>{t('attention.look')}</Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function useFindings(): { findings: Finding[]; isKnown: boolean } {
  const { t } = useTranslation();
  const breakers = useApi('GET /breakers', { query: ALL, everyMs: EVERY_MS });
  const alerts = useApi('GET /alerts', { query: { state: 'open', limit: 50 }, everyMs: EVERY_MS });
  const dead = useApi('GET /alerts', { query: { delivery: 'dead', limit: 1 }, everyMs: SLOW_MS });
  const routes = useApi('GET /routes', { query: ALL, everyMs: SLOW_MS });
  const rollouts = useApi('GET /rollouts', { query: ALL, everyMs: EVERY_MS });
  const said = useSaid();
  const warnings = useApi('GET /warnings', { everyMs: SLOW_MS });

  const open = (breakers.data?.items ?? []).filter(({ state }) => state !== 'CLOSED');
  const told = (alerts.data?.items ?? []).filter(({ event }) => event !== 'breaker_opened');
  const findings: Finding[] = [
    ...open.map(({ model_id, because, state }) => ({
      key: `breaker ${model_id}`,
      tone: state === 'OPEN' ? ('bad' as const) : ('warn' as const),
      what: `${model_id}: ${t(`breaker.${state}`)}`,
      why: because,
      href: `/models/${encodeURIComponent(model_id)}`,
    })),
    ...told.map(({ id, event, model_id, opening }) => ({
      key: id,
      tone: 'bad' as const,
      what: `${t(`alertEvent.${event}`)}${model_id === null ? '' : ` · ${model_id}`}`,
      why: opening.reason,
      href: '/health?tab=alerts',
    })),
    ...(rollouts.data?.items ?? [])
      .filter(({ status, blocks }) => status === 'active' && blocks.length > 0)
      .map(({ id, because, not_advancing_because: why }) => ({
        key: `rollout ${id}`,
        tone: 'warn' as const,
        what: t('attention.held', { id }),
        why: said(because) ?? why ?? '',
        href: `/rollouts/${encodeURIComponent(id)}`,
      })),
    ...(routes.data?.items ?? [])
      .filter(({ enabled }) => !enabled)
      .map(({ id, stable_model_id }) => ({
        key: `route ${id}`,
        tone: 'warn' as const,
        what: t('attention.disabled', { id }),
        why: t('attention.disabledWhy', { model: stable_model_id }),
        href: `/routes/${encodeURIComponent(id)}`,
      })),
    ...(dead.data?.items ?? []).slice(0, 1).map(() => ({
      key: 'dead letters',
      tone: 'warn' as const,
      what: t('attention.dead'),
      why: t('attention.deadWhy'),
      href: '/health?tab=alerts',
    })),
    ...(warnings.data?.items ?? []).map(({ warning, message, advice, model_id, user_id }) => ({
      key: `${warning} ${model_id ?? user_id ?? ''}`,
      tone: 'info' as const,
      what: t(`warning.${warning}`),
      why: `${message} ${advice}`,
      href: model_id === undefined ? '/settings?tab=general' : `/models/${encodeURIComponent(model_id)}`,
    })),
  ];
  return { findings, isKnown: breakers.data !== undefined && alerts.data !== undefined };
}
