export type Matrix = readonly (readonly number[])[];

/** xᵀ·M·y. */
export function bilinear(x: readonly number[], matrix: Matrix, y: readonly number[]): number {
  let sum = 0;
  for (const [i, row] of matrix.entries()) {
    for (const [k, value] of row.entries()) sum += (x[i] ?? 0) * value * (y[k] ?? 0);
  }
  return sum;
}
