import { domainToASCII } from 'node:url';

/**
 * One spelling per domain or address: lower case, ASCII form of international names, shortest form of IPv6,
 * no trailing dot, no port. Null when it is no host name.
 */
export function normaliseDomain(text: string): string | null {
  const host = text.trim().replace(/:\d+$/, '');
  // What follows these would be cut off or left out without a word.
  if (/[\s/?#@\\%]/.test(host)) return null;
  const ascii = domainToASCII(host).replace(/\.$/, '');
  if (/^\[[0-9a-f:]+\]$/.test(ascii)) return ascii;
  const isName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(ascii) && !ascii.includes('..');
  return isName ? ascii : null;
}

/** A domain and those above it, the most specific first: what `domain_suffixes` is in the database. */
export function withParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
