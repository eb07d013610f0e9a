import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Network in CIDR notation, as two lists because the families never match each other. */
type Network = readonly [address: string, prefix: number];

/**
 * IANA IPv4 Special-Purpose Address Registry (RFC 6890 and updates), plus multicast and class E. Anycast
 * services that the registry calls globally reachable are here too: no server of the open web lives there.
 */
const RESERVED_V4: readonly Network[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** All IPv6 global unicast that IANA has handed out. Everything else is refused without a list. */
const GLOBAL_V6: Network = ['2000::', 3];

/**
 * IANA IPv6 Special-Purpose Address Registry within `GLOBAL_V6`: protocol assignments (with Teredo and
 * ORCHID), documentation twice, 6to4, AS112, and the returned 6bone.
 */
const RESERVED_V6: readonly Network[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3ffe::', 16],
  ['3fff::', 20],
];

const reservedV4 = RESERVED_V4.map(toBytes);
const reservedV6 = RESERVED_V6.map(toBytes);
const globalV6 = toBytes(GLOBAL_V6);

function toBytes([address, prefix]: Network): { bytes: number[]; prefix: number } {
  return { bytes: ipaddr.parse(address).toByteArray(), prefix };
}

function isWithin(address: readonly number[], network: { bytes: number[]; prefix: number }): boolean {
  for (let bit = 0; bit < network.prefix; bit += 8) {
    const mask = 0xff << Math.max(0, 8 - (network.prefix - bit));
    const difference = (address[bit / 8] ?? 0) ^ (network.bytes[bit / 8] ?? 0);
    if ((difference & mask & 0xff) !== 0) return false;
  }
  return true;
}

/**
 * Whether an address belongs to a machine of the public internet. Only canonical text counts: octal, hex and
 * short forms and zone identifiers are refused, as is every IPv6 form that carries an IPv4 address
 * (mapped, compatible, NAT64, 6to4, Teredo). Source: security.md F1.
 */
export function isPublicAddress(ip: string): boolean {
  const family = isIP(ip);
  if (family === 0 || ip.includes('%')) return false;
  const bytes = ipaddr.parse(ip).toByteArray();
  if (family === 4) return !reservedV4.some((network) => isWithin(bytes, network));
  return isWithin(bytes, globalV6) && !reservedV6.some((network) => isWithin(bytes, network));
}

/** Decides which addresses this server may connect to. */
export interface AddressPolicy {
  /** True for public addresses and for the listed private ones. `ip` without brackets. */
  allows(ip: string): boolean;
  /** True when a URL's hostname is itself a listed private address; such peers may use http and any port. */
  isAllowedPrivateHost(hostname: string): boolean;
}

/**
 * Public addresses only, plus the exact private addresses listed. The list is for development and tests;
 * an entry that is not an address is a mistake in the configuration and throws.
 */
export function createAddressPolicy(options: { readonly allowedPrivate: readonly string[] }): AddressPolicy {
  const listed = new Set(options.allowedPrivate.map(canonical));
  return {
    allows: (ip) => isPublicAddress(ip) || (isIP(ip) !== 0 && listed.has(canonical(ip))),
    isAllowedPrivateHost: (hostname) => {
      const ip = addressOfHost(hostname);
      return ip !== undefined && listed.has(canonical(ip));
    },
  };
}

/** The address in a URL's hostname (`1.2.3.4` or `[::1]`), or nothing when it is a name. */
export function addressOfHost(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? undefined : bare;
}

function canonical(ip: string): string {
  if (isIP(ip) === 0)
    throw new Error(`"${ip}" in the list of allowed private addresses is not an IP address.`);
  return ipaddr.parse(ip).toNormalizedString();
}
