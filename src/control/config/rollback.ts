import type { ConfigChange } from '../../contract/config.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { refuseWhileActive } from '../rollouts/refuse-edits.ts';
import type { Versioned } from '../state.ts';
import { documentsAt } from './documents-at.ts';
import { withDeletions } from './written.ts';

export interface RollbackConfig {
  readonly version: number;
  readonly ifMatch: number | null;
}

/** Restores the whole configuration of a version, as a new version. Secrets stay as they are. */
export async function rollbackConfig(
  core: ControlCore,
  caller: Caller,
  { version, ifMatch }: RollbackConfig,
): Promise<ConfigChange> {
  const then = await documentsAt(core, version);
  return core.door.change(caller, {
    action: 'config.rollback',
    resource: 'config',
    plan(state) {
      checkExpected({ ifMatch }, { id: 'config', version: state.version });
      refuseWhileActive(state);
      return {
        models: withDeletions(state.models, plain(then.models)),
        routes: withDeletions(state.routes, plain(then.routes)),
        settings: then.settings.document,
        intents: then.intents.document,
      };
    },
    answer: ({ before, state, differences }) => ({
      dry_run: false,
      differences: [...differences],
      config_version: state.version,
      ...notesOf([...state.models.keys()].filter((id) => !before.models.has(id))),
    }),
  });
}

function plain<D>(documents: ReadonlyMap<string, Versioned<D>>): ReadonlyMap<string, D> {
  return new Map([...documents].map(([id, { document }]) => [id, document]));
}

/** A model that was deleted lost its key with it. */
function notesOf(revived: readonly string[]): { notes?: string[] } {
  if (revived.length === 0) return {};
  return {
    notes: revived.map((id) => `model "${id}" is back without an api_key; set it again if it needs one`),
  };
}
