import type { ReviewDocument } from '../../contract/review.ts';

/** A batch as the audit tells it: who rated what how, and whom it was said to, stand in the batch alone. */
export function headOf({ items, ...head }: ReviewDocument): object {
  return { ...head, items: items.length };
}
