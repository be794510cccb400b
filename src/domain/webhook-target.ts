import { type IpAddress, isIn, isPublicAddress, type Network, parseAddress } from './network.ts';

/**
 * What is wrong with sending to these addresses, as the rest of a sentence; null when nothing is. Every one must be
 * public or allowed, or a name could mix one of each; without TLS every one must be allowed.
 */
export function targetProblem(
  addresses: readonly string[],
  { isSecure, allowed }: { readonly isSecure: boolean; readonly allowed: readonly Network[] },
): string | null {
  if (addresses.length === 0) return 'has no address';
  for (const text of addresses) {
    const address = parseAddress(text);
    if (address !== null && isAllowed(address, allowed)) continue;
    if (address === null || !isPublicAddress(address)) {
      return `leads to ${text}, which is not public; an admin may allow it in the setting alerts.webhook_networks`;
    }
    if (!isSecure)
      return 'must start with https:// outside the networks of the setting alerts.webhook_networks';
  }
  return null;
}

function isAllowed(address: IpAddress, allowed: readonly Network[]): boolean {
  return allowed.some((network) => isIn(network, address));
}
