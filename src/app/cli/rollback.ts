import type { VersionEntry } from '../../contract/config.ts';
import type { RouteAnswer } from '../../contract/route.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import { sharesOf } from './routes.ts';
import type { Shell } from './shell.ts';

export interface RollbackFlags extends GatewayFlags {
  readonly to?: string;
}

/** Puts a route back to an earlier version; without one, to what it was before its last change. */
export async function rollback(route: string, flags: RollbackFlags, shell: Shell): Promise<number> {
  const given = flags.to === undefined ? null : versionOf(flags.to);
  const client = openClient(flags, shell);
  const version = given ?? versionBefore(route, await client.list<VersionEntry>('/config/versions'));
  const path = `/routes/${encodeURIComponent(route)}/rollback`;
  const changed = await client.call<RouteAnswer & { config_version: number }>('POST', path, {
    body: { version },
  });
  print(
    shell,
    flags,
    changed,
    () =>
      `Route ${route} is as it was in version ${version}: ${sharesOf(changed)}. In force as version ${changed.config_version}.`,
  );
  return 0;
}

/** The version that the route's last change replaced. Changes of the whole configuration may have changed it too. */
export function versionBefore(route: string, entries: readonly VersionEntry[]): number {
  const own = entries.filter(({ resource }) => resource === `routes/${route}` || resource === 'config');
  const last = own.reduce<VersionEntry | null>(
    (newest, entry) => (newest === null || entry.config_version > newest.config_version ? entry : newest),
    null,
  );
  if (last === null) throw new CliError(`route "${route}" has not changed in any kept version`);
  const before = last.config_version - 1;
  if (!entries.some((entry) => entry.config_version === before)) {
    throw new CliError(
      `no version before the last change of route "${route}" (version ${last.config_version}) is kept`,
    );
  }
  return before;
}

function versionOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CliError(`--to is "${text}"; a version is a whole number from 1 up`, 2);
}
