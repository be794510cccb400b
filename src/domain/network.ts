/** An IP address as a number; IPv4 inside IPv6 is already looked through. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** The addresses that share their first `prefix` bits. */
export interface Network extends IpAddress {
  readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Reads four decimals or an IPv6 address of any notation, with or without brackets or a zone; null for anything else. */
export function parseAddress(text: string): IpAddress | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const ipv4 = parseIpv4(bare);
  if (ipv4 !== null) return { family: 4, value: ipv4 };
  const ipv6 = bare.includes(':') ? parseIpv6(bare) : null;
  if (ipv6 === null) return null;
  const isMapped = ipv6 >> 32n === 0xffffn;
  // the obsolete form ::a.b.c.d; :: and ::1 are IPv6's own
  const isCompatible = ipv6 >> 32n === 0n && ipv6 > 1n;
  return isMapped || isCompatible ? { family: 4, value: ipv6 & 0xffff_ffffn } : { family: 6, value: ipv6 };
}

function parseIpv4(text: string): bigint | null {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!octets || octets.some((octet) => octet > 255)) return null;
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function parseIpv6(text: string): bigint | null {
  const [head = '', tail, ...more] = text.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  if (left === null || right === null || more.length > 0) return null;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string): bigint[] | null {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    const ipv4 = at === parts.length - 1 ? parseIpv4(part) : null;
    if (ipv4 !== null) groups.push(ipv4 >> 16n, ipv4 & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}

/** Reads `10.0.0.0/8`, `fd00::/8` or one address; null for anything else, also for bits behind the prefix. */
export function parseNetwork(text: string): Network | null {
  const [, base = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(base);
  if (address === null) return null;
  const bits = BITS[address.family];
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits || (address.value & ((1n << BigInt(bits - prefix)) - 1n)) !== 0n) return null;
  return { ...address, prefix };
}

export function isIn(network: Network, { family, value }: IpAddress): boolean {
  if (family !== network.family) return false;
  const rest = BigInt(BITS[family] - network.prefix);
  return value >> rest === network.value >> rest;
}

function networks(...texts: string[]): Network[] {
  return texts.flatMap((text) => parseNetwork(text) ?? []);
}

/**
 * What IANA's registries of special-purpose addresses keep from the public: this host, private, shared, loopback,
 * link-local (with the metadata services), protocol assignments, documentation, relays that carry an IPv4 address
 * inside, benchmarks, multicast and reserved.
 */
const SPECIAL = networks(
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24'],
  ...[
    '192.168.0.0/16',
    '192.175.48.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
  ],
  ...['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'],
);
const GLOBAL_IPV6 = networks('2000::/3');

/** True for an address that any machine of the internet may be reached at, and no machine beside this one. */
export function isPublicAddress(address: IpAddress): boolean {
  if (address.family === 6 && !GLOBAL_IPV6.some((network) => isIn(network, address))) return false;
  return !SPECIAL.some((network) => isIn(network, address));
}
