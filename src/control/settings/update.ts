import { mergeSettings, type SettingsAnswer, type SettingsInput } from '../../contract/settings.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { checkExpected, type Expected } from '../expected.ts';
import type { Ownership } from '../ownership.ts';
import { type ControlState, SETTINGS_ID } from '../state.ts';

export interface UpdateSettings extends Expected {
  readonly patch: SettingsInput;
}

export function updateSettings({ door, ownership }: ControlCore, caller: Caller, update: UpdateSettings) {
  return door.change(caller, {
    action: 'settings.update',
    resource: SETTINGS_ID,
    plan(state) {
      checkExpected(update, { id: SETTINGS_ID, version: state.settings.version });
      return { settings: mergeSettings(state.settings.document, update.patch) };
    },
    answer: ({ state }) => ({ ...answerSettings(state, ownership), config_version: state.version }),
  });
}

export function answerSettings({ settings }: ControlState, ownership: Ownership): SettingsAnswer {
  return { ...settings.document, version: settings.version, managed_by: ownership.managedBy(SETTINGS_ID) };
}
