import { BlockList, isIP, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIn, isPublicAddress, parseAddress, parseNetwork } from './network.ts';

const isPublic = (text: string): boolean => {
  const address = parseAddress(text);
  return address !== null && isPublicAddress(address);
};

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '8.8.8.8', '100.63.255.255', '172.32.0.1', '198.20.0.1', '223.255.255.255'])(
    '%s is',
    (ip) => expect(isPublic(ip)).toBe(true),
  );
  it.each(['2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '[2606:4700::1111]'])('%s is', (ip) =>
    expect(isPublic(ip)).toBe(true),
  );
  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254', '172.16.0.1'],
    ...[
      '172.31.255.255',
      '192.0.0.1',
      '192.0.2.1',
      '192.168.1.1',
      '198.18.0.1',
      '198.19.255.255',
      '203.0.113.9',
    ],
    ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '100.100.100.200'],
    ...[
      '::',
      '::1',
      'fe80::1',
      'fe80::1%eth0',
      'fc00::1',
      'fd00:ec2::254',
      'ff02::1',
      '2001:db8::1',
      '2002:7f00:1::',
    ],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::169.254.169.254'],
    ...['2001::1', '3fff::1', '100::1', '4000::1'],
  ])('%s is not', (ip) => expect(isPublic(ip)).toBe(false));
});

describe('parseAddress', () => {
  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '256.0.0.1',
    '1.2.3.4.5',
    '1.2.3',
    ':::',
    '1::2::3',
    '::12345',
  ])('%j is none', (text) => expect(parseAddress(text)).toBeNull());

  const ipv4 = fc.ipV4();
  const ipv6 = fc.ipV6();
  it('finds an address in a network when Node does', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), fc.oneof(ipv4, ipv6), fc.nat(128), (inside, base, length) => {
        const address = parseAddress(inside);
        const other = parseAddress(base);
        if (address === null || other === null) throw new Error(`${inside} or ${base} was not read`);
        const bits = other.family === 4 ? 32 : 128;
        const prefix = length % (bits + 1);
        const rest = BigInt(bits - prefix);
        const network = { family: other.family, prefix, value: (other.value >> rest) << rest };
        // Node reads the obsolete form ::a.b.c.d as IPv6, and any IPv4 address as one of IPv6
        const families = [isIP(inside), isIP(base), address.family];
        fc.pre(families.every((family) => family === other.family));
        const list = new BlockList();
        list.addSubnet(base, prefix, isIPv6(base) ? 'ipv6' : 'ipv4');
        expect(isIn(network, address)).toBe(list.check(inside, isIPv6(inside) ? 'ipv6' : 'ipv4'));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseNetwork', () => {
  it.each(['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8', '0.0.0.0/0'])('reads %s', (text) =>
    expect(parseNetwork(text)).not.toBeNull(),
  );
  it.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/', 'fd00::/129', '/8', 'example.com', '10.0.0.0/8/8'])(
    'refuses %s',
    (text) => expect(parseNetwork(text)).toBeNull(),
  );
});
