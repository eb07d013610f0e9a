import type { AddressPolicy } from '../../src/lib/net/ip-policy.ts';

/** A handle taken apart. */
export interface Handle {
  /** As written; compare without regard to case. */
  readonly user: string;
  /** Lower case, in ASCII, with a port only if one was written. */
  readonly host: string;
  /** Where the host answers. */
  readonly origin: string;
}

/** What the fediverse uses: letters, digits and `_` (Mastodon), with `. - : ~` of others; 64 is generous. */
const USER = /^[A-Za-z0-9_](?:[A-Za-z0-9_.:~-]{0,252}[A-Za-z0-9_])?$/;
/** A domain name in ASCII with at least one dot, whose last label is no number: `1.2` would be an address. */
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const HOST_WITH_PORT = /^(?:[^\s:/?#@[\]\\]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * Reads `@user@host`, `user@host` or `acct:user@host`. International names become ASCII. A host is a domain
 * name with a dot; addresses, ports and http are for the listed private peers only. Nothing when the text is
 * no handle.
 */
export function parseHandle(text: string, policy: AddressPolicy): Handle | undefined {
  const bare = text.trim().replace(/^(?:acct:|@)/, '');
  const at = bare.indexOf('@');
  const user = bare.slice(0, at);
  const hostText = bare.slice(at + 1);
  if (at < 1 || !USER.test(user) || !HOST_WITH_PORT.test(hostText)) return undefined;
  const url = URL.parse(`https://${hostText}`);
  if (url?.pathname !== '/') return undefined;
  if (policy.isAllowedPrivateHost(url.hostname)) {
    const origin = `http://${hostText.toLowerCase()}`;
    return { user, host: new URL(origin).host, origin };
  }
  const isPlainDomain = DOMAIN.test(url.hostname) && !/:\d+$/.test(hostText);
  return isPlainDomain ? { user, host: url.host, origin: url.origin } : undefined;
}
