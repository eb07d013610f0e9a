import { BlockList } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { createAddressPolicy, isPublicAddress } from './ip-policy.ts';

/** The registries once more, in the form that Node's own matcher reads: an oracle written independently. */
const V4_NETWORKS = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
  192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
  198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`.split(/\s+/);
const V6_NETWORKS =
  '::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20'.split(' ');

/** Two lists, because one would match IPv4 addresses against `::/3` in their mapped form. */
const reservedV4 = new BlockList();
const reservedV6 = new BlockList();
for (const network of V4_NETWORKS) reservedV4.addSubnet(...parts(network), 'ipv4');
for (const network of V6_NETWORKS) reservedV6.addSubnet(...parts(network), 'ipv6');

function oracle(ip: string): boolean {
  return ip.includes(':') ? !reservedV6.check(ip, 'ipv6') : !reservedV4.check(ip, 'ipv4');
}

function parts(network: string): [string, number] {
  const [address = '', prefix] = network.split('/');
  return [address, Number(prefix)];
}

/** The addresses just outside and just inside both ends of a network. */
function edges(network: string): string[] {
  const [address, prefix] = parts(network);
  const bytes = ipaddr.parse(address).toByteArray();
  const bits = bytes.length * 8;
  const first = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const last = first + (1n << BigInt(bits - prefix)) - 1n;
  return [first - 1n, first, last, last + 1n]
    .filter((value) => value >= 0n && value < 1n << BigInt(bits))
    .map((value) => fromNumber(value, bytes.length));
}

function fromNumber(value: bigint, length: number): string {
  const bytes = Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

describe('F1 public addresses', () => {
  test('agree with the oracle at the edges of every reserved network', () => {
    const wrong = [...V4_NETWORKS, ...V6_NETWORKS]
      .flatMap(edges)
      .filter((ip) => isPublicAddress(ip) !== oracle(ip));
    expect(wrong).toEqual([]);
  });

  test('agree with the oracle on random addresses of both families', () => {
    const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
    const v6 = fc
      .tuple(
        fc.constantFrom(
          '',
          '20',
          '2001',
          '20010db8',
          '2002',
          '2620004f8000',
          '3ffe',
          '3fff',
          '0064ff9b',
          'fe80',
        ),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
      )
      .map(([start, tail]) => Buffer.from((start + Buffer.from(tail).toString('hex')).slice(0, 32), 'hex'));
    fc.assert(
      fc.property(fc.oneof(v4, v6), (bytes) => {
        const ip = ipaddr.fromByteArray([...bytes]).toString();
        expect(isPublicAddress(ip)).toBe(oracle(ip));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.0', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (ip) => expect(isPublicAddress(ip)).toBe(true),
  );

  test.each([
    ...[
      '0177.0.0.1',
      '0x7f.0.0.1',
      '2130706433',
      '127.1',
      '1.1',
      '',
      'localhost',
      '1.1.1.1 ',
      '[2606:4700::1111]',
    ],
    ...[
      '::ffff:1.1.1.1',
      '::ffff:101:101',
      '::1.1.1.1',
      '64:ff9b::101:101',
      '64:ff9b:1::101:101',
      '2002:101:101::',
    ],
    ...[
      '2001::1',
      'fe80::1%eth0',
      '2606:4700::1111%1',
      'fec0::1',
      '100::1',
      '5f00::1',
      'fc00::1',
      'ff02::1',
      '::',
    ],
  ])('"%s" is not', (ip) => expect(isPublicAddress(ip)).toBe(false));
});

describe('createAddressPolicy', () => {
  const policy = createAddressPolicy({ allowedPrivate: ['127.0.0.2', '0:0:0:0:0:0:0:1'] });

  test('allows exactly the listed private addresses, in any spelling', () => {
    expect(policy.allows('127.0.0.2')).toBe(true);
    expect(policy.allows('::1')).toBe(true);
    expect(policy.allows('127.0.0.1')).toBe(false);
    expect(policy.allows('::ffff:127.0.0.2')).toBe(false);
    expect(policy.allows('1.1.1.1')).toBe(true);
    expect(policy.allows('peer.example')).toBe(false);
  });

  test('tells private peers by the host of a URL, never by a name', () => {
    expect(policy.isAllowedPrivateHost('127.0.0.2')).toBe(true);
    expect(policy.isAllowedPrivateHost('[::1]')).toBe(true);
    expect(policy.isAllowedPrivateHost('1.1.1.1')).toBe(false);
    expect(policy.isAllowedPrivateHost('127.0.0.2.example')).toBe(false);
  });

  test('refuses to start with a list that holds something else', () => {
    expect(() => createAddressPolicy({ allowedPrivate: ['10.0.0.0/8'] })).toThrow('not an IP address');
  });
});
