/** One measured number and the limit it must keep. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `at most`, or `at least`: the second is for how much was done, so that a proof of nothing cannot pass. */
  readonly must: 'at most' | 'at least';
  readonly limit: number;
  readonly unit: string;
}

export const atMost = (name: string, value: number, limit: number, unit = ''): Figure => ({
  name,
  value,
  must: 'at most',
  limit,
  unit,
});
export const atLeast = (name: string, value: number, limit: number, unit = ''): Figure => ({
  name,
  value,
  must: 'at least',
  limit,
  unit,
});

/** A value that is not a number keeps no limit. */
export function isKept({ value, must, limit }: Figure): boolean {
  return must === 'at most' ? value <= limit : value >= limit;
}

/** What a test shows when a proof falls short: the figures that broke their limits, in words. */
export function broken(figures: readonly Figure[]): string[] {
  return figures.filter((figure) => !isKept(figure)).map(describeFigure);
}

export function describeFigure({ name, value, must, limit, unit }: Figure): string {
  return `${name}: ${format(value)}${unit && ` ${unit}`}, must be ${must} ${format(limit)}`;
}

export function format(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(2);
}

/** Nearest-rank percentile, 0 < `share` ≤ 1; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
