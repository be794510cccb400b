import type { ReactNode } from 'react';

const WIDTH = 160;
const HEIGHT = 28;

interface SparklineProps {
  /** Oldest first; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  readonly colour: string;
}

/** The shape of a figure over time, without axes; the number stands beside it. */
export function Sparkline({ values, colour }: SparklineProps): ReactNode {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <svg className="spark" aria-hidden="true" />;
  const top = Math.max(...known, Number.EPSILON);
  const at = (value: number, index: number): string =>
    `${((index / (values.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 5)).toFixed(1)}`;
  const points = values.flatMap((value, index) => (value === null ? [] : [at(value, index)]));
  const first = points[0]?.split(',')[0] ?? '0';
  const last = points.at(-1)?.split(',')[0] ?? '0';
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <polygon
        points={`${first},${HEIGHT} ${points.join(' ')} ${last},${HEIGHT}`}
        fill={colour}
        opacity="0.12"
      />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke={colour}
        strokeWidth="1.6"
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}
