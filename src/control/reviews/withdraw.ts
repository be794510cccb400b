import type { ReviewDocument } from '../../contract/review.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { userDigest } from './create.ts';

const ERASURE: Caller = {
  principal: { credentialId: 'erasure', name: 'erasure of a user', role: 'admin', mayOverride: false },
  ip: null,
  requestId: null,
};

/** Takes a user's answers out of all batches, with their ratings. Gives how many there were. */
export async function withdrawUser(core: ControlCore, userId: string): Promise<number> {
  const count = await takeOut(core, userId);
  core.reviewDesk.endErasure(userId); // whatever was being written about them finds its answer gone
  return count;
}

async function takeOut({ door, secretBox }: ControlCore, userId: string): Promise<number> {
  const user = userDigest(secretBox, userId);
  const countIn = (reviews: Iterable<ReviewDocument>): number =>
    Array.from(reviews, ({ items }) => items.filter((item) => item.user === user).length).reduce(
      (a, b) => a + b,
      0,
    );
  const documents = () => Array.from(door.state().reviews.values(), ({ document }) => document);
  const count = countIn(documents());
  if (count === 0) return 0;
  await door.change(ERASURE, {
    action: 'reviews.withdraw',
    resource: 'reviews',
    noted: { answers: count },
    erases: true,
    plan: () => ({
      reviews: new Map(
        documents().map((one) => [one.id, { ...one, items: one.items.filter((item) => item.user !== user) }]),
      ),
    }),
    answer: () => undefined,
  });
  return count;
}
