import { Progress } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMetricText } from '../../parts/metric-text.ts';
import { Sparkline } from '../../parts/sparkline.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useSaid } from '../../parts/use-said.ts';
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
        const limit = planned ? `${planned.op} ${planned.value}` : '';
        // biome-ignore lint/suspicious/noArrayIndexKey: a gate is its place in the stage
        return <GateTile key={index} gate={gate} limit={limit} trend={trends[index] ?? []} />;
      })}
    </div>
  );
}

interface GateTileProps {
  readonly gate: Figures;
  readonly limit: string;
  readonly trend: readonly (number | null)[];
}

function GateTile({ gate, limit, trend }: GateTileProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { palette } = useLook();
  const said = useSaid();
  const { textOf } = useMetricText();
  const { metric, verdict, value, samples, needed } = gate;
  return (
    <div className="tile">
      <span className="tile-name">
        <code>{metric}</code> <span className="num">{limit}</span>
      </span>
      <span className="tile-value">{value === null ? '–' : textOf(unitOf(metric), value)}</span>
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

/** The units of the registry, by the names of its metrics. */
function unitOf(metric: string): string {
  if (metric.endsWith('_vs_stable') || metric.endsWith('_count')) return 'count';
  if (/^(latency|ttft)_|^session_stay$/.test(metric)) return 'ms';
  return metric.endsWith('_rate') || metric.endsWith('_completion') ? 'ratio' : 'count';
}

const KEPT = 60;

/** What each gate showed at the last looks of this window. */
function useTrends(gates: readonly Figures[]): readonly (readonly (number | null)[])[] {
  const [trends, setTrends] = useState<readonly (readonly (number | null)[])[]>([]);
  useEffect(() => {
    setTrends((before) => gates.map(({ value }, index) => [...(before[index] ?? []), value].slice(-KEPT)));
  }, [gates]);
  return trends;
}
