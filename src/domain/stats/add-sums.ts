/** Sums over the users of both, field by field; what is no number is the same in both. */
export function addSums<Sums extends object>(a: Sums, b: Sums): Sums {
  const other = new Map<string, unknown>(Object.entries(b));
  const added = Object.entries(a).map(([key, value]) => [
    key,
    typeof value === 'number' ? value + Number(other.get(key)) : value,
  ]);
  return { ...a, ...Object.fromEntries(added) };
}
