import { isIn, parseAddress, parseNetwork } from '../domain/network.ts';

/** Host names of cloud metadata services. */
const FORBIDDEN_NAMES = new Set(['metadata', 'metadata.google.internal']);
/**
 * No model server has these, and they open doors: "this host", link-local (with the metadata services), multicast and
 * reserved; the metadata services of Alibaba and, in IPv6, of AWS.
 */
const FORBIDDEN_NETWORKS = [
  ...['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '100.100.100.200'],
  ...['::/128', 'fe80::/10', 'ff00::/8', 'fd00:ec2::254'],
].flatMap((text) => parseNetwork(text) ?? []);

/** True for an IP address that an upstream may not have. Loopback and private addresses are the normal case. */
export function isForbiddenAddress(host: string): boolean {
  const address = parseAddress(host);
  return address !== null && FORBIDDEN_NETWORKS.some((network) => isIn(network, address));
}

/** What is wrong with the address of a model server, as the rest of a sentence; null when nothing is. */
export function baseUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (!url) return 'must be a whole URL such as "http://127.0.0.1:11434"';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must start with http:// or https://';
  if (url.username || url.password) return 'must not carry a user name or password; use api_key';
  if (/[?#\s\\]/.test(text)) return 'must not carry a query, a fragment, a backslash or white space';
  const host = url.hostname.replace(/\.$/, '');
  if (isForbiddenAddress(host) || FORBIDDEN_NAMES.has(host)) {
    return `must not point to ${host}: link-local, metadata, multicast and 0.0.0.0 addresses are refused`;
  }
  return null;
}

/** What is wrong with the address of a webhook; null when nothing is. Where it leads is looked at before each sending. */
export function webhookUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    return 'must be a whole URL such as "https://hooks.example.com/x"';
  if (url.username || url.password) return 'must not carry a user name or password';
  return /[#\s\\]/.test(text) ? 'must not carry a fragment, a backslash or white space' : null;
}

/** What is wrong with a network as it is written; null when nothing is. */
export function networkProblem(text: string): string | null {
  if (parseNetwork(text) !== null) return null;
  return 'must be an address or a network such as "10.0.0.0/8", without bits behind its prefix';
}

/** What is wrong with an origin of a browser client; null when nothing is. */
export function originProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === text) return null;
  return 'must be an origin such as "https://chat.example.com", without a path';
}
