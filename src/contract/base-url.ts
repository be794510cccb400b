/** Host names of cloud metadata services. */
const FORBIDDEN_NAMES = new Set(['metadata', 'metadata.google.internal']);
const ALIBABA_METADATA = '100.100.100.200';
const AWS_METADATA = 'fd00:ec2:0:0:0:0:0:254';

/**
 * True for an IP address that no model server has and that opens doors: "this host", link-local (with the
 * metadata services), multicast and reserved. Loopback and private addresses are the normal case.
 * Takes the host of a WHATWG URL, which has written every IPv4 form as four decimals; IPv4 inside IPv6 is looked through.
 */
export function isForbiddenAddress(host: string): boolean {
  const octets = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (octets) {
    const [first, second] = [Number(octets[1]), Number(octets[2])];
    return first === 0 || first >= 224 || (first === 169 && second === 254) || host === ALIBABA_METADATA;
  }
  const groups = ipv6Groups(host);
  if (!groups) return false;
  const [first = 0, , , , , sixth = 0, seventh = 0, last = 0] = groups;
  if (groups.slice(0, 5).every((group) => group === 0) && (sixth === 0xffff || (sixth === 0 && last !== 1))) {
    return isForbiddenAddress([seventh >> 8, seventh & 255, last >> 8, last & 255].join('.'));
  }
  const text = groups.map((group) => group.toString(16)).join(':');
  return (first & 0xffc0) === 0xfe80 || first >> 8 === 0xff || text === AWS_METADATA;
}

/** The eight groups of an IPv6 address as a WHATWG URL writes it; null for anything else. */
function ipv6Groups(host: string): number[] | null {
  if (!host.includes(':')) return null;
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...right].map((group) => Number.parseInt(group, 16));
}

/** What is wrong with the address of a model server, as the rest of a sentence; null when nothing is. */
export function baseUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (!url) return 'must be a whole URL such as "http://127.0.0.1:11434"';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must start with http:// or https://';
  if (url.username || url.password) return 'must not carry a user name or password; use api_key';
  if (/[?#\s\\]/.test(text)) return 'must not carry a query, a fragment, a backslash or white space';
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isForbiddenAddress(host) || FORBIDDEN_NAMES.has(host)) {
    return `must not point to ${host}: link-local, metadata, multicast and 0.0.0.0 addresses are refused`;
  }
  return null;
}

/** What is wrong with an origin of a browser client; null when nothing is. */
export function originProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === text) return null;
  return 'must be an origin such as "https://chat.example.com", without a path';
}
