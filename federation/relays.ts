import type { InTx } from '../src/db/database.ts';
import type { AuditId } from '../src/lib/ids.ts';
import { fail, type Result } from '../src/lib/result.ts';
import type { Instances, Urls } from '../src/modules/instances/index.ts';
import type { Relay, RelayKind, Relays } from '../src/modules/relays/index.ts';
import type { Actor } from '../src/modules/staff/index.ts';
import type { Lookup } from './lookup.ts';
import { uriOf } from './translate/read.ts';

export interface SubscribeDeps {
  readonly inTx: InTx;
  readonly relays: Relays;
  readonly instances: Instances;
  readonly lookup: Lookup;
  readonly urls: Urls;
}

/** Asks the relay at an address for its posts. With an `inTx` of its own, it may be tried and taken back. */
export type SubscribeToRelay = (
  by: Actor,
  address: string,
  options?: { readonly kind?: RelayKind; readonly inTx?: InTx },
) => Promise<Result<{ relay: Relay; auditId: AuditId }, string>>;

/**
 * Subscribes to a relay. An address that ends in `/inbox` is the inbox of a relay of Mastodon's kind, any other the
 * actor of one of LitePub's kind, which is asked for its inbox first; unless the kind is given.
 */
export function createSubscribe({
  inTx: ownTx,
  relays,
  instances,
  lookup,
  urls,
}: SubscribeDeps): SubscribeToRelay {
  return async (by, address, { kind: given, inTx = ownTx } = {}) => {
    const uri = uriOf(address);
    const url = uri === null ? null : URL.parse(uri);
    if (!url || urls.isOurs(url.href))
      return fail('address-invalid', 'Give the address of the relay’s inbox or actor.');
    if (await instances.isBlocked(url.host))
      return fail('blocked', `This server does not talk to ${url.host}.`);
    const kind = given ?? (/\/inbox\/?$/.test(url.pathname) ? 'mastodon' : 'litepub');
    if (kind === 'mastodon') {
      return inTx((tx) => relays.add(tx, by, { kind, inboxUri: url.href, actorUri: null }));
    }
    const found = await lookup.actor(url.href, { anew: true });
    if (!found.ok) return found;
    const { inboxUri, actorUri } = found.account;
    return inTx((tx) => relays.add(tx, by, { kind, inboxUri, actorUri }));
  };
}
