import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { type ChartForm, FormChoice } from '../../parts/form-choice.tsx';
import { useFormat } from '../../parts/use-format.ts';

type Plan = Answer<'POST /experiments/plan'>;

interface PowerCurveProps {
  readonly plan: Plan;
  readonly numbers: NonNullable<Plan['metrics'][number]['numbers']>;
}

const WIDTH = 320;
const HEIGHT = 110;
/** Times of the planned number of users for which the smallest effect is drawn. */
const MULTIPLES = [0.25, 0.5, 1, 1.5, 2, 3, 4];

/**
 * The smallest effect that shows, over the users in the experiment: it shrinks with the square root of their number
 * (`reference/statistics`). The plan itself is the point at its expected users.
 */
export function PowerCurve({ plan, numbers }: PowerCurveProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [form, setForm] = useState<ChartForm>('chart');
  const none = numbers.scale === 'ratio' ? 1 : 0;
  const size = Math.abs(numbers.smallest_effect - none);
  const points = MULTIPLES.map((times) => ({ times, effect: size / Math.sqrt(times) }));
  const wanted = numbers.effect === null ? null : Math.abs(numbers.effect - none);
  return (
    <figure className="chart">
      <figcaption className="chart-head">
        <span className="small muted">{t('experiments.curve')}</span>
        <FormChoice value={form} onChange={setForm} />
      </figcaption>
      {form === 'chart' ? (
        <Drawing {...{ points, wanted }} />
      ) : (
        <DataTable
          rowKey="times"
          dataSource={points}
          columns={[
            {
              title: t('experiments.users'),
              dataIndex: 'times',
              render: (times: number) => format.count(Math.round(times * plan.expected_users)),
            },
            {
              title: t('experiments.smallestEffect'),
              dataIndex: 'effect',
              align: 'right',
              render: format.decimal,
            },
          ]}
        />
      )}
      <p className="small muted num">
        {t('experiments.smallest', {
          effect: format.decimal(size),
          users: format.count(plan.expected_users),
          half: format.decimal(size / 2),
          four: format.count(plan.expected_users * 4),
        })}
      </p>
    </figure>
  );
}

interface DrawingProps {
  readonly points: readonly { readonly times: number; readonly effect: number }[];
  /** The effect that is looked for; null where none was named. */
  readonly wanted: number | null;
}

function Drawing({ points, wanted }: DrawingProps): ReactNode {
  const { t } = useTranslation();
  const top = Math.max(...points.map(({ effect }) => effect), Number.EPSILON);
  const x = (times: number): number => 8 + (times / 4) * (WIDTH - 16);
  const y = (effect: number): number => HEIGHT - 8 - (effect / top) * (HEIGHT - 20);
  const planned = points.find(({ times }) => times === 1);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="power" role="img" aria-label={t('experiments.curve')}>
      {wanted !== null && wanted <= top && (
        <line
          x1="0"
          x2={WIDTH}
          y1={y(wanted)}
          y2={y(wanted)}
          className="interval-none"
          strokeDasharray="5 4"
        />
      )}
      <polyline
        points={points.map(({ times, effect }) => `${x(times)},${y(effect)}`).join(' ')}
        className="power-line"
      />
      {planned && <circle cx={x(1)} cy={y(planned.effect)} r="4.5" className="interval-dot" />}
    </svg>
  );
}
