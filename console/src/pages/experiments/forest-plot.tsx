import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useMetricText } from '../../parts/metric-text.ts';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useMetrics } from '../../parts/use-metrics.ts';
import { useSaid } from '../../parts/use-said.ts';

type Metric = Answer<'GET /experiments/{id}/report'>['metrics'][number];

const TONES: Readonly<Record<Metric['verdict'], Tone>> = {
  better: 'good',
  worse: 'bad',
  no_difference_shown: 'muted',
  not_enough_data: 'info',
  invalid: 'warn',
};
const WIDTH = 240;
const HEIGHT = 30;
const ROOM = 10;

/** Each metric with its verdict in words, its numbers, and its interval beside the line of no difference. */
export function ForestPlot({ metrics }: { readonly metrics: readonly Metric[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const metricOf = useMetrics();
  const unitOf = ({ metric }: Metric): string => metricOf(metric).unit;
  const { textOf } = useMetricText();
  return (
    <ul className="forest">
      {metrics.map((metric) => (
        <li key={`${metric.metric} ${metric.arm}`}>
          <div>
            <strong>{said(metric.name)}</strong>{' '}
            <span className="muted small">
              {t(`metricRole.${metric.role}`)} · {metric.arm}
            </span>
            <p className="muted">{said(metric.said)}</p>
          </div>
          <div className="forest-figures">
            <StateTag tone={TONES[metric.verdict]}>{t(`verdict.${metric.verdict}`)}</StateTag>
            {metric.numbers && (
              <>
                <Interval effect={metric.numbers.effect} unit={unitOf(metric)} />
                <span className="small num muted">
                  {t('experiments.numbers', {
                    control: textOf(unitOf(metric), metric.numbers.control),
                    treatment: textOf(unitOf(metric), metric.numbers.treatment),
                    users: format.count(metric.numbers.users),
                  })}
                </span>
              </>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

interface IntervalProps {
  readonly effect: NonNullable<Metric['numbers']>['effect'];
  /** Of the metric. */
  readonly unit: string;
}

/** Its own scale, as wide as the interval needs, with no difference always in it. */
function Interval({ effect: { scale, value, lo, hi }, unit }: IntervalProps): ReactNode {
  const { t } = useTranslation();
  const { effectText } = useMetricText();
  const [valueText, loText, hiText] = [value, lo, hi].map((one) => effectText(unit, scale, one));
  const none = scale === 'ratio' ? 1 : 0;
  const reach = Math.max(Math.abs(lo - none), Math.abs(hi - none), Number.EPSILON);
  const at = (x: number): number => WIDTH / 2 + ((x - none) / reach) * (WIDTH / 2 - ROOM);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="interval"
      role="img"
      aria-label={t('experiments.interval', { value: valueText, lo: loText, hi: hiText })}
    >
      <line x1={at(none)} x2={at(none)} y1="0" y2={HEIGHT} className="interval-none" />
      <line x1={at(lo)} x2={at(hi)} y1={HEIGHT / 2} y2={HEIGHT / 2} className="interval-bar" />
      <line x1={at(lo)} x2={at(lo)} y1={HEIGHT / 2 - 5} y2={HEIGHT / 2 + 5} className="interval-bar" />
      <line x1={at(hi)} x2={at(hi)} y1={HEIGHT / 2 - 5} y2={HEIGHT / 2 + 5} className="interval-bar" />
      <circle cx={at(value)} cy={HEIGHT / 2} r="4.5" className="interval-dot" />
    </svg>
  );
}
