import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useApi, useEach } from '../../api/use-api.ts';
import type { Tone } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { ALL } from '../../parts/use-models.ts';
import { useSaid } from '../../parts/use-said.ts';
import { useMay } from '../../shell/session.ts';

const EVERY_MS = 5_000;
const SLOW_MS = 60_000;
/** Newest alerts whose deliveries are looked at. */
const LOOKED_AT = 50;

export interface Finding {
  readonly key: string;
  readonly tone: Tone;
  readonly what: string;
  readonly why: string;
  readonly href: string;
}

/** Everything that somebody should know first, the worst first. */
export function useFindings(): { readonly findings: Finding[]; readonly isKnown: boolean } {
  const breakers = useBreakerFindings();
  const alerts = useAlertFindings();
  const rollouts = useRolloutFindings();
  const experiments = useExperimentFindings();
  const routes = useRouteFindings();
  const warnings = useWarningFindings();
  const all = [
    ...(breakers ?? []),
    ...(alerts ?? []),
    ...experiments,
    ...rollouts.held,
    ...routes,
    ...rollouts.moving,
    ...warnings,
  ];
  return { findings: all, isKnown: breakers !== null && alerts !== null };
}

function useBreakerFindings(): Finding[] | null {
  const { t } = useTranslation();
  const said = useSaid();
  const { data } = useApi('GET /breakers', { query: ALL, everyMs: EVERY_MS });
  if (!data) return null;
  return data.items
    .filter(({ state }) => state !== 'CLOSED')
    .map(({ model_id, because: en, because_zh: zh, state }) => ({
      key: `breaker ${model_id}`,
      tone: state === 'OPEN' ? 'bad' : 'warn',
      what: `${model_id}: ${t(`breaker.${state}`)}`,
      why: said({ en, zh }) ?? '',
      href: `/models/${encodeURIComponent(model_id)}`,
    }));
}

/** Open alerts but those of breakers, which stand above already; and channels that do not deliver them. */
function useAlertFindings(): Finding[] | null {
  const { t } = useTranslation();
  const said = useSaid();
  const open = useApi('GET /alerts', { query: { state: 'open', limit: LOOKED_AT }, everyMs: EVERY_MS });
  const newest = useApi('GET /alerts', { query: { limit: LOOKED_AT }, everyMs: SLOW_MS });
  const channels = useApi('GET /alert-channels', {
    query: ALL,
    everyMs: SLOW_MS,
    enabled: useMay('operator'),
  });
  if (!open.data) return null;
  const told = open.data.items.filter(({ event }) => event !== 'breaker_opened');
  const failing = (channels.data?.items ?? []).flatMap(({ id }) => {
    const error = failureOf(id, newest.data?.items ?? []);
    return error === null ? [] : [{ id, error }];
  });
  return [
    ...told.map(({ id, event, model_id, opening }) => ({
      key: id,
      tone: 'bad' as const,
      what: `${t(`alertEvent.${event}`)}${model_id === null ? '' : ` · ${model_id}`}`,
      why: said({ en: opening.reason, zh: opening.reason_zh }) ?? '',
      href: '/health?tab=alerts',
    })),
    ...failing.map(({ id, error }) => ({
      key: `channel ${id}`,
      tone: 'bad' as const,
      what: t('attention.channel', { id }),
      why: error,
      href: '/health?tab=alerts',
    })),
  ];
}

/** Why the newest message of a channel did not arrive; null where it did, or is on its way for the first time. */
function failureOf(channelId: string, alerts: Answer<'GET /alerts'>['items']): string | null {
  const newest = alerts
    .flatMap(({ deliveries }) => deliveries.toReversed())
    .find(({ channel_id, attempts }) => channel_id === channelId && attempts > 0);
  return newest === undefined || newest.state === 'sent' ? null : newest.error;
}

function useRolloutFindings(): { readonly held: Finding[]; readonly moving: Finding[] } {
  const { t } = useTranslation();
  const said = useSaid();
  const format = useFormat();
  const rollouts = useApi('GET /rollouts', { query: ALL, everyMs: EVERY_MS });
  const active = (rollouts.data?.items ?? []).filter(({ status }) => status === 'active');
  const about = (isHeld: boolean): Finding[] =>
    active
      .filter(({ blocks }) => blocks.length > 0 === isHeld)
      .map(({ id, weight, candidate_model_id: model, because }) => ({
        key: `rollout ${id}`,
        tone: isHeld ? 'warn' : 'info',
        what: isHeld
          ? t('attention.held', { id })
          : t('attention.moving', { id, model, share: format.percent(weight) }),
        why: said(because) ?? '',
        href: `/rollouts/${encodeURIComponent(id)}`,
      }));
  return { held: about(true), moving: about(false) };
}

/** Experiments whose figures must not be believed. */
function useExperimentFindings(): Finding[] {
  const { t } = useTranslation();
  const said = useSaid();
  const experiments = useApi('GET /experiments', { query: ALL, everyMs: SLOW_MS });
  const running = (experiments.data?.items ?? []).filter(({ status }) => status === 'running');
  const reports = useEach({
    endpoint: 'GET /experiments/{id}/report',
    ids: running.map(({ id }) => id),
    everyMs: SLOW_MS,
  });
  return reports.flatMap(({ experiment_id: id, health }) => {
    const broken = health.find(({ level }) => level === 'invalid');
    if (!broken) return [];
    return [
      {
        key: `experiment ${id}`,
        tone: 'bad' as const,
        what: t('attention.invalid', { id }),
        why: said(broken.said) ?? '',
        href: `/experiments/${encodeURIComponent(id)}`,
      },
    ];
  });
}

function useRouteFindings(): Finding[] {
  const { t } = useTranslation();
  const routes = useApi('GET /routes', { query: ALL, everyMs: SLOW_MS });
  return (routes.data?.items ?? [])
    .filter(({ enabled }) => !enabled)
    .map(({ id, stable_model_id }) => ({
      key: `route ${id}`,
      tone: 'warn',
      what: t('attention.disabled', { id }),
      why: t('attention.disabledWhy', { model: stable_model_id }),
      href: `/routes/${encodeURIComponent(id)}`,
    }));
}

function useWarningFindings(): Finding[] {
  const { t } = useTranslation();
  const said = useSaid();
  const warnings = useApi('GET /warnings', { everyMs: SLOW_MS });
  return (warnings.data?.items ?? []).map(
    ({ warning, message, message_zh, advice, advice_zh, model_id, user_id }) => ({
      key: `${warning} ${model_id ?? user_id ?? ''}`,
      tone: 'info',
      what: t(`warning.${warning}`),
      why: said({ en: `${message}: ${advice}`, zh: `${message_zh}。${advice_zh}。` }) ?? '',
      href: model_id === undefined ? '/settings?tab=general' : `/models/${encodeURIComponent(model_id)}`,
    }),
  );
}
