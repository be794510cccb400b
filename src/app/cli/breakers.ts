import type { BreakerAnswer } from '../../contract/breaker.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export async function listBreakers(flags: GatewayFlags, shell: Shell): Promise<number> {
  const breakers = await openClient(flags, shell).list<BreakerAnswer>('/breakers');
  print(shell, flags, { items: breakers }, () =>
    breakers.length === 0
      ? 'no model is registered'
      : table(['MODEL', 'BREAKER', 'BECAUSE', 'INSTEAD'], breakers.map(rowOf)),
  );
  return 0;
}

/** Opens, closes or resets a breaker by hand. */
export async function forceBreaker(
  id: string,
  action: 'open' | 'close' | 'reset',
  { flags, shell }: { flags: GatewayFlags; shell: Shell },
): Promise<number> {
  const path = `/breakers/${encodeURIComponent(id)}/${action}`;
  const breaker = await openClient(flags, shell).call<BreakerAnswer>('POST', path);
  print(shell, flags, breaker, () =>
    action === 'open'
      ? `The breaker of ${id} is open: ${insteadOf(breaker)}. Undo: ${shell.command} breakers close ${id}`
      : `The breaker of ${id} is closed; the model serves.`,
  );
  return 0;
}

/** A breaker in two words, e.g. `OPEN, 212s left` or `HALF_OPEN, 3/5 probes`. */
export function stateOf({ state, held, open_left, probes, enabled }: BreakerAnswer): string {
  if (held) return `${state}, held`;
  if (open_left !== null) return `${state}, ${open_left} left`;
  if (state === 'HALF_OPEN') return `${state}, ${probes.passed}/${probes.needed} probes`;
  return enabled ? state : `${state}, off`;
}

function rowOf(breaker: BreakerAnswer): string[] {
  return [breaker.model_id, stateOf(breaker), breaker.because, insteadOf(breaker)];
}

/** Who answers while it is open; several routes may have several. */
function insteadOf({ fallbacks }: BreakerAnswer): string {
  const names = new Set(fallbacks.map(({ model_id }) => model_id ?? 'nobody, it goes on serving'));
  return names.size === 0 ? 'no route uses it' : [...names].join(', ');
}
