import { Progress } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMetricText } from '../../parts/metric-text.ts';
import { Sparkline } from '../../parts/sparkline.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useMetrics } from '../../parts/use-metrics.ts';
import { useSaid } from '../../parts/use-said.ts';
import { useSpan } from '../../parts/use-span.ts';
import { useLook } from '../../style/theme.tsx';
import type { Rollout } from './rollout-words.tsx';

type Figures = Rollout['gates'][number];

const TONES: Readonly<Record<string, Tone>> = {
  pass: 'good',
  fail: 'bad',
  error: 'warn',
  inconclusive: 'warn',
  no_data: 'muted',
};

/** Every gate of the present stage: value, limit, how much of what it needs is there, and what it says. */
export function GateTiles({ rollout }: { readonly rollout: Rollout }): ReactNode {
  const { t } = useTranslation();
  const { gates, stages, stage } = rollout;
  const trends = useTrends(gates);
  if (gates.length === 0) return <p className="muted">{t('rollouts.noGates')}</p>;
  return (
    <div className="tiles gates">
      {gates.map((gate, index) => {
        const planned = stages[stage]?.gates[index];
        // biome-ignore lint/suspicious/noArrayIndexKey: a gate is its place in the stage
        return <GateTile key={index} gate={gate} planned={planned} trend={trends[index] ?? []} />;
      })}
    </div>
  );
}

interface GateTileProps {
  readonly gate: Figures;
  readonly planned: Rollout['stages'][number]['gates'][number] | undefined;
  readonly trend: readonly (number | null)[];
}

function GateTile({ gate, planned, trend }: GateTileProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { palette } = useLook();
  const said = useSaid();
  const span = useSpan();
  const { textOf, effectText } = useMetricText();
  const { metric, verdict, value, samples, needed } = gate;
  const { name, unit, isRatio } = useMetrics()(metric);
  const shown = (figure: number): string =>
    isRatio ? effectText(unit, 'ratio', figure) : textOf(unit, figure);
  const limitOf = (limit: string | number): string =>
    typeof limit === 'string' ? span(limit) : shown(limit);
  return (
    <div className="tile">
      <span className="tile-name">
        <span title={metric}>{name}</span>{' '}
        {planned && (
          <span className="num">
            {SIGNS[planned.op]} {limitOf(planned.value)}
          </span>
        )}
      </span>
      <span className="tile-value">{value === null ? '–' : shown(value)}</span>
      <span>
        <StateTag tone={TONES[verdict] ?? 'info'}>
          {t(`gateVerdict.${verdict}` as 'gateVerdict.pass')}
        </StateTag>
      </span>
      <span className="muted small">{said(gate.said)}</span>
      <span className="muted small num">
        {t('rollouts.samples', { samples: format.count(samples), needed: format.count(needed) })}
      </span>
      <Progress
        percent={needed === 0 ? 100 : Math.min(100, Math.round((samples / needed) * 100))}
        size="small"
        showInfo={false}
        strokeColor={palette.accent}
        aria-label={t('rollouts.samples', { samples, needed })}
      />
      <Sparkline values={trend} colour={palette.series[1] ?? palette.accent} />
    </div>
  );
}

const SIGNS = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' } as const;

const KEPT = 60;

/** What each gate showed at the last looks of this window. */
function useTrends(gates: readonly Figures[]): readonly (readonly (number | null)[])[] {
  const [trends, setTrends] = useState<readonly (readonly (number | null)[])[]>([]);
  useEffect(() => {
    setTrends((before) => gates.map(({ value }, index) => [...(before[index] ?? []), value].slice(-KEPT)));
  }, [gates]);
  return trends;
}
