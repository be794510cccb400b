import { invalid } from '../../contract/fault.ts';
import type { Caller } from '../change.ts';
import { documentsAt } from '../config/documents-at.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { answerRouteChange, editsForRoute } from './write.ts';

export interface RollbackRoute {
  readonly id: string;
  /** A configuration version; a route's own `version` is one too. */
  readonly version: number;
  readonly ifMatch: number | null;
}

/** Restores a route as it was in force in a version, also one that was deleted since. */
export async function rollbackRoute(
  core: ControlCore,
  caller: Caller,
  { id, version, ifMatch }: RollbackRoute,
) {
  const then = (await documentsAt(core, version)).routes.get(id);
  if (!then) throw invalid('version', `route "${id}" did not exist in version ${version}`);
  return core.door.change(caller, {
    action: 'routes.rollback',
    resource: `routes/${id}`,
    plan(state) {
      checkExpected({ ifMatch }, { id, version: state.routes.get(id)?.version ?? 0 });
      return editsForRoute(state, then.document);
    },
    answer: (outcome) => answerRouteChange(outcome, id, core.ownership),
  });
}
