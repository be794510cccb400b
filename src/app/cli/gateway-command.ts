import { type AdminClient, createAdminClient } from './admin-client.ts';
import { type GatewayFlags, gatewayAddress } from './options.ts';
import type { Shell } from './shell.ts';

/** The client of a command that talks to a running gateway. */
export function openClient(flags: GatewayFlags, shell: Shell): AdminClient {
  return createAdminClient(gatewayAddress(flags, shell.environment), shell.command);
}

/** Prints the value as JSON when `--json` was given, else the text made for people. */
export function print(shell: Shell, flags: GatewayFlags, value: unknown, forPeople: () => string): void {
  shell.out(flags.json ? JSON.stringify(value, null, 2) : forPeople());
}
