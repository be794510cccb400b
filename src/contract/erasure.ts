import Type, { type Static } from 'typebox';
import { strict } from './fields.ts';

const Count = Type.Integer({ minimum: 0 });

/** What `DELETE /users/{id}/data` took away. A second call finds nothing. */
export const UserDataErased = strict({
  requests: {
    ...Count,
    description: 'requests that no longer tell who asked, nor what was said; they still count',
  },
  texts: { ...Count, description: 'records of what was said, removed' },
  feedback: {
    ...Count,
    description: "verdicts without their comment and the client's name of the session; they still count",
  },
  session_ends: { ...Count, description: "ends of sessions without the client's name of the session" },
  review_items: { ...Count, description: 'answers taken out of reviews, with their ratings' },
  first_seen: Type.Boolean({ description: 'the time of the first sight is forgotten' }),
  index: Type.Enum(['kept', 'rebuilding'] as const, {
    description: 'an index that knew the user is deleted and made again; until then analysis answers 503',
  }),
});
export type UserDataErased = Static<typeof UserDataErased>;
