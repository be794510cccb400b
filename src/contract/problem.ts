import Type, { type Static } from 'typebox';
import { strict } from './fields.ts';

/** RFC 9457. `type` is a stable name to program against; `errors` names every field at fault. */
export const Problem = strict({
  type: Type.String({ examples: ['urn:sluice:invalid'] }),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String(),
  errors: Type.Array(
    strict({ path: Type.String({ examples: ['rules[1].weight'] }), message: Type.String() }),
  ),
});
export type Problem = Static<typeof Problem>;
