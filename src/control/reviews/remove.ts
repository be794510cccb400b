import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Removal } from '../expected.ts';
import { reviewOf } from './write.ts';

export function removeReview({ door, reviewDesk }: ControlCore, caller: Caller, { id, ifMatch }: Removal) {
  return door.change(caller, {
    action: 'reviews.delete',
    resource: `reviews/${id}`,
    plan(state) {
      checkExpected({ ifMatch }, { id, version: reviewOf(state, id).version });
      return { reviews: new Map([[id, null]]) };
    },
    answer({ state }) {
      reviewDesk.forget(id);
      return { id, deleted: true as const, config_version: state.version };
    },
  });
}
