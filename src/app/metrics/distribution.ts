/** How often values fell into each of a fixed row of buckets, as plain numbers. */
export interface Distribution {
  /** Upper ends of the buckets, rising; each takes its end in. */
  readonly bounds: readonly number[];
  /** One more than bounds: the last is for what is above them all. */
  readonly counts: number[];
  sum: number;
}

export function createDistribution(bounds: readonly number[]): Distribution {
  return { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
}

export function observe(distribution: Distribution, value: number): void {
  const { bounds, counts } = distribution;
  let bucket = 0;
  while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
  counts[bucket] = (counts[bucket] ?? 0) + 1;
  distribution.sum += value;
}
