import { fail, type Result } from '../result.ts';
import { type AddressPolicy, addressOfHost } from './ip-policy.ts';

/** What a URL must look like before anything is sent to it. */
export interface UrlRules {
  readonly policy: AddressPolicy;
  readonly ports: readonly number[];
  readonly maxUrlCharacters: number;
}

export type UrlRefusal = 'blocked-url' | 'blocked-address';

/**
 * Vets a URL from outside by its text alone; the address behind a name is vetted again when connecting.
 * https on the allowed ports; http and other ports only for a host that is a listed private address; no
 * user name, no trailing dot (it would slip past lists of blocked domains). Returns the URL without its
 * fragment. Source: security.md F1, F3, F4.
 */
export function vetUrl(text: string | URL, rules: UrlRules): Result<{ url: URL }, UrlRefusal> {
  const url = parse(text, rules.maxUrlCharacters);
  if (!url) return fail('blocked-url', 'The address is not a usable web address.');
  const isPrivatePeer = rules.policy.isAllowedPrivateHost(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPrivatePeer)) {
    return fail('blocked-url', 'Only https addresses are used.');
  }
  if (url.username !== '' || url.password !== '') {
    return fail('blocked-url', 'The address holds a user name or password.');
  }
  if (url.hostname.endsWith('.')) return fail('blocked-url', 'The host name ends in a dot.');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (!isPrivatePeer && !rules.ports.includes(port)) {
    return fail('blocked-url', `Port ${port} is not used between servers.`);
  }
  const literal = addressOfHost(url.hostname);
  if (literal !== undefined && !rules.policy.allows(literal)) {
    return fail('blocked-address', 'The address is not on the public internet.');
  }
  url.hash = '';
  return { ok: true, url };
}

function parse(text: string | URL, maxCharacters: number): URL | undefined {
  const url = URL.parse(String(text));
  return url && url.hostname !== '' && url.href.length <= maxCharacters ? url : undefined;
}
