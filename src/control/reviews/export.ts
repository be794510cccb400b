import type { Item, Rating, ReviewDocument } from '../../contract/review.ts';
import { type Column, csvHead, csvRow } from '../../domain/csv.ts';
import type { Download } from '../../ports/analysis.ts';

interface Row {
  readonly item: Item;
  readonly rating: Rating;
}

/** Every rating and every answer that was passed over, a line each. */
export function exportRatings(review: ReviewDocument): Download {
  const { id, questions, items } = review;
  const columns: Column<Row>[] = [
    { name: 'item_id', value: ({ item }) => item.id },
    { name: 'request_id', value: ({ item }) => item.request_id },
    { name: 'model_id', value: ({ item }) => item.model_id },
    ...(review.mode === 'side_by_side' ? sidesOf(review) : []),
    { name: 'time', value: ({ item }) => item.time },
    { name: 'reviewer', value: ({ rating }) => rating.reviewer },
    { name: 'reviewer_name', value: ({ rating }) => rating.reviewer_name },
    { name: 'rated_at', value: ({ rating }) => rating.at },
    { name: 'skipped', value: ({ rating }) => rating.marks === null },
    ...questions.map((question) => ({
      name: question.id,
      value: ({ rating }: Row) => rating.marks?.[question.id] ?? null,
    })),
    { name: 'comment', value: ({ rating }) => rating.comment },
  ];
  const lines = items.flatMap((item) => item.ratings.map((rating) => csvRow(columns, { item, rating })));
  return {
    headers: { 'content-disposition': `attachment; filename="review-${id}.csv"` },
    chunks: (async function* () {
      yield csvHead(columns);
      yield* lines;
    })(),
  };
}

/** Whose answers stood where; `model_id` is the one that the conversation was held with. */
function sidesOf({ model_ids }: ReviewDocument): Column<Row>[] {
  return [
    { name: 'left_model_id', value: ({ item }) => item.second?.left ?? null },
    {
      name: 'right_model_id',
      value: ({ item }) => model_ids.find((one) => one !== item.second?.left) ?? null,
    },
  ];
}
