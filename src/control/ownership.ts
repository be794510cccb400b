import type { Difference, OwnedConfig } from '../contract/config.ts';
import { AdminFault } from '../contract/fault.ts';
import { DEFAULT_ROUTE_ID } from '../contract/route.ts';

/** What the declarative file owns: everything that it names is read-only elsewhere, but for its on/off switch. */
export interface Ownership {
  managedBy(resource: string): 'file' | null;
  /** Throws `owned_by_file` when one of the differences touches something owned. */
  refuse(differences: readonly Difference[]): void;
}

/** `name`: what messages call the file. */
export function createOwnership(config: OwnedConfig | null, name: string): Ownership {
  const owned = new Set([
    ...(config?.models ?? []).map((model) => `models/${model.id}`),
    ...(config?.routes ?? []).map((route) => `routes/${route.id ?? DEFAULT_ROUTE_ID}`),
    ...(config?.settings ? ['settings'] : []),
    ...(config?.intents ? ['intents'] : []),
  ]);
  return {
    managedBy: (resource) => (owned.has(resource) ? 'file' : null),
    refuse(differences) {
      const touched = differences.filter(
        (difference) => owned.has(difference.resource) && !isSwitch(difference),
      );
      if (touched.length === 0) return;
      const list = touched.map((difference) => difference.resource).join(', ');
      throw new AdminFault(
        'owned_by_file',
        `${list} is owned by ${name}; change it there and restart Sluice`,
      );
    },
  };
}

/** Turning something off must work at once, whoever owns it: nobody edits a file and restarts in an emergency. */
function isSwitch({ action, after }: Difference): boolean {
  return action === 'update' && Object.keys(after ?? {}).join() === 'enabled';
}
