import type { ConfigAnswer } from '../../contract/config.ts';
import { maskModel } from '../mask.ts';
import type { ControlState } from '../state.ts';

/** The whole configuration in the form of `PUT /config` and of the declarative file, secrets masked. */
export function showConfig(state: ControlState): ConfigAnswer {
  return {
    config_version: state.version,
    models: [...state.models.values()].map(({ document }) => maskModel(document, state.secrets)),
    routes: [...state.routes.values()].map(({ document }) => document),
    settings: state.settings.document,
    intents: state.intents.document.intents,
  };
}
