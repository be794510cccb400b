import type { ConfigChange, ConfigInput } from '../../contract/config.ts';
import type { Caller, Change } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected } from '../expected.ts';
import { pathIn, wholeEditsOf } from './written.ts';

export interface ReplaceConfig {
  readonly config: ConfigInput;
  readonly dryRun: boolean;
  readonly ifMatch: number | null;
}

/** Replaces the whole configuration, all or nothing; a dry run only tells the differences. */
export async function replaceConfig(
  { door }: ControlCore,
  caller: Caller,
  { config, dryRun, ifMatch }: ReplaceConfig,
): Promise<ConfigChange> {
  const change: Change<ConfigChange> = {
    action: 'config.replace',
    resource: 'config',
    pathOf: pathIn(config),
    plan(state) {
      checkExpected({ ifMatch, version: config.config_version }, { id: 'config', version: state.version });
      return wholeEditsOf(state, config);
    },
    answer: ({ state, differences }) => ({
      dry_run: false,
      differences: [...differences],
      config_version: state.version,
    }),
  };
  if (!dryRun) return door.change(caller, change);
  return { dry_run: true, differences: door.rehearse(caller, change), config_version: door.state().version };
}
