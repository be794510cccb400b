import type { KeyAnswer, KeyMade } from '../../contract/key.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export interface CreateKeyFlags extends GatewayFlags {
  readonly role?: string;
  /** False when `--no-override` was given. */
  readonly override: boolean;
}

export async function listKeys(flags: GatewayFlags, shell: Shell): Promise<number> {
  const keys = await openClient(flags, shell).list<KeyAnswer>('/keys');
  print(shell, flags, { items: keys }, () =>
    table(
      ['ID', 'NAME', 'ROLE', 'NAMES MODELS', 'CREATED'],
      keys.map((key) => [key.id, key.name, key.role, key.may_override ? 'yes' : 'no', key.created_at]),
    ),
  );
  return 0;
}

export async function createKey(name: string, flags: CreateKeyFlags, shell: Shell): Promise<number> {
  const made = await openClient(flags, shell).call<KeyMade>('POST', '/keys', {
    body: { name, role: flags.role ?? 'chat', ...(flags.override ? {} : { may_override: false }) },
  });
  // The key alone on standard output, so that `KEY=$(sluice keys create bot)` works.
  print(shell, flags, made, () => made.key);
  if (!flags.json) shell.err(`Key "${name}" (${made.id}) is shown this once; keep it now.`);
  return 0;
}

export async function revokeKey(id: string, flags: GatewayFlags, shell: Shell): Promise<number> {
  const revoked = await openClient(flags, shell).call<object>('DELETE', `/keys/${encodeURIComponent(id)}`);
  print(shell, flags, revoked, () => `Key ${id} is revoked.`);
  return 0;
}
