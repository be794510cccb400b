import { OwnedConfig } from '../../contract/config.ts';
import { AdminFault } from '../../contract/fault.ts';
import { DEFAULT_ROUTE_ID } from '../../contract/route.ts';
import { validate } from '../../contract/validate.ts';
import type { Caller, Door } from '../change.ts';
import type { Edits } from '../edits.ts';
import type { ControlState } from '../state.ts';
import { editsOf, pathIn } from './written.ts';

/** Checks the parsed content of SLUICE_CONFIG. Throws a fault that names the file and every field at fault. */
export function checkOwnedConfig(content: unknown, name: string): OwnedConfig {
  const checked = validate(OwnedConfig, content);
  if (checked.ok) return checked.value;
  const list = checked.errors.map(({ path, message }) => `${path || 'the file'} ${message}`).join('; ');
  throw new AdminFault('invalid', `${name} is not a valid configuration: ${list}`, checked.errors);
}

const FILE: Caller = {
  principal: { credentialId: 'file', name: 'SLUICE_CONFIG', role: 'admin', mayOverride: false },
  ip: null,
  requestId: null,
};

/** Brings what the file names into force at the start. A file that says nothing new leaves no trace. */
export async function applyFile(door: Door, config: OwnedConfig): Promise<void> {
  const plan = (state: ControlState): Edits =>
    withFileDefault(state, editsOf(state, withPresentSwitches(state, config)));
  const change = { action: 'config.apply_file', resource: 'config', pathOf: pathIn(config), plan } as const;
  if (door.changesNothing(plan)) return;
  await door.change(FILE, { ...change, answer: () => undefined });
}

/** A model or route that was switched off stays off over a restart, unless the file itself says `enabled`. */
function withPresentSwitches(state: ControlState, config: OwnedConfig): OwnedConfig {
  const keep = <T extends { readonly enabled?: boolean }>(one: T, present: boolean | undefined): T =>
    one.enabled === undefined && present !== undefined ? { ...one, enabled: present } : one;
  const { models, routes } = config;
  return {
    ...config,
    ...(models && {
      models: models.map((model) => keep(model, state.models.get(model.id)?.document.enabled)),
    }),
    ...(routes && {
      routes: routes.map((route) =>
        keep(route, state.routes.get(route.id ?? DEFAULT_ROUTE_ID)?.document.enabled),
      ),
    }),
  };
}

/** The file's default route takes the mark from one that was made by hand: the file must win, or Sluice would not start. */
function withFileDefault(state: ControlState, edits: Edits): Edits {
  const routes = new Map(edits.routes);
  if (![...routes.values()].some((route) => route?.default)) return edits;
  for (const [id, { document }] of state.routes) {
    if (document.default && !routes.has(id)) routes.set(id, { ...document, default: false });
  }
  return { ...edits, routes };
}
