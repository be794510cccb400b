/** Weights of a route in hundredths of a percent, so that sums are exact. */
export const WHOLE = 10_000;

export interface Share {
  readonly model_id: string;
  /** Hundredths of a percent. */
  readonly size: number;
  readonly description: string;
}

interface Rule {
  readonly model_id: string;
  readonly weight: number;
  readonly description?: string;
}

export function sharesOf(rules: readonly Rule[]): Share[] {
  return rules.map(({ model_id, weight, description = '' }) => ({
    model_id,
    size: Math.round(weight * 100),
    description,
  }));
}

export function rulesOf(shares: readonly Share[]) {
  return shares.map(({ model_id, size, description }) => ({ model_id, weight: size / 100, description }));
}

/** Moves the edge behind share `index` by `by`; its two neighbours give and take, and no other changes. */
export function moveEdge(shares: readonly Share[], index: number, by: number): Share[] {
  const [left, right] = [shares[index], shares[index + 1]];
  if (!left || !right) return [...shares];
  const step = Math.max(-left.size, Math.min(right.size, Math.round(by)));
  return shares.map((share, at) => {
    if (at === index) return { ...share, size: share.size + step };
    return at === index + 1 ? { ...share, size: share.size - step } : share;
  });
}

/** Sets one share; the largest other one makes room, as far as it can. */
export function setShare(shares: readonly Share[], index: number, size: number): Share[] {
  const now = shares[index];
  if (!now) return [...shares];
  const others = shares.map((share, at) => ({ at, size: share.size })).filter(({ at }) => at !== index);
  const giver = others.toSorted((a, b) => b.size - a.size)[0];
  if (!giver) return [...shares];
  const step = Math.max(-now.size, Math.min(giver.size, Math.round(size) - now.size));
  return shares.map((share, at) => {
    if (at === index) return { ...share, size: share.size + step };
    return at === giver.at ? { ...share, size: share.size - step } : share;
  });
}

/** Without one share; what it had goes to the first that is left. */
export function removeShare(shares: readonly Share[], index: number): Share[] {
  const freed = shares[index]?.size ?? 0;
  const left = shares.filter((_, at) => at !== index);
  return left.map((share, at) => (at === 0 ? { ...share, size: share.size + freed } : share));
}
