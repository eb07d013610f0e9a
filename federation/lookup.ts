import type { InTx } from '../src/db/database.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { Logger } from '../src/lib/log.ts';
import { fail, ok, type Result } from '../src/lib/result.ts';
import type { Account, Accounts, RemoteLookup } from '../src/modules/accounts/index.ts';
import type { Instances, Urls } from '../src/modules/instances/index.ts';
import type { LoadDocument } from './net/document-loader.ts';
import type { Handle } from './net/handle.ts';
import type { ResolveHandle } from './net/webfinger.ts';
import { readActor } from './translate/actor.ts';

/** A remote actor is read again when what we know of it is older than this. */
const FRESH_MS = 24 * 3_600_000;

export interface LookupDeps {
  readonly accounts: Accounts;
  readonly instances: Instances;
  readonly inTx: InTx;
  readonly urls: Urls;
  readonly loadDocument: LoadDocument;
  readonly resolveHandle: ResolveHandle;
  readonly clock: Clock;
  readonly log: Logger;
}

type LookupRefusal = 'not-found' | 'unreachable' | 'blocked';

interface LookupOptions {
  readonly anew?: boolean;
  /** Whom the server of a handle named for it. */
  readonly handle?: Handle;
}

export interface Lookup extends Pick<RemoteLookup, 'account'> {
  /** The account behind an actor id, read from its server where it is unknown or stale, or always with `anew`. */
  actor(uri: string, options?: LookupOptions): Promise<Result<{ account: Account }, LookupRefusal>>;
}

/** Finds remote actors, and keeps what their servers say of them. */
export function createLookup(deps: LookupDeps): Lookup {
  async function actor(
    uri: string,
    { anew = false, handle }: LookupOptions = {},
  ): Promise<Result<{ account: Account }, LookupRefusal>> {
    const known = await deps.accounts.byActorUri(uri);
    if (deps.urls.isOurs(uri)) return known ? ok({ account: known }) : fail('not-found');
    const isUnderHandle = handle === undefined || known?.domain === handle.host;
    const isFresh =
      !anew && isUnderHandle && known?.fetchedAt && deps.clock.now() - known.fetchedAt.getTime() < FRESH_MS;
    if (known && (isFresh || known.state !== 'active')) return ok({ account: known });
    const host = new URL(uri).host;
    if (await deps.instances.isBlocked(host)) return fail('blocked', `This server does not talk to ${host}.`);
    const loaded = await deps.loadDocument(uri);
    if (!loaded.ok) {
      // Its own server says that it is gone for good; one 404 may be an accident (federation-interop.md 2).
      if (known && loaded.reason === 'gone') await deps.inTx((tx) => deps.accounts.markGone(tx, known.id));
      // Better what we knew yesterday than nothing, as long as the actor was not said to be gone.
      if (known && !anew && loaded.reason !== 'gone' && loaded.reason !== 'not-found')
        return ok({ account: known });
      return loaded.reason === 'gone' || loaded.reason === 'not-found'
        ? fail('not-found', `${host} says that there is no such account.`)
        : fail('unreachable', `${host} could not be asked just now (${loaded.reason}). Try again later.`);
    }
    const read = readActor(loaded.document);
    if (!read.ok) {
      deps.log.info({ uri, detail: read.detail }, 'a document is not a usable actor');
      return fail('not-found', `What ${host} answered is not an account this server can use.`);
    }
    // The server of the handle named the actor; now the actor must go by that name, too (security.md O7).
    if (handle && handle.user.toLowerCase() !== read.actor.username.toLowerCase()) {
      return fail('not-found', 'The account goes by another name than the one asked for.');
    }
    const stored = await deps.inTx(async (tx) => {
      await deps.instances.met(tx, read.actor.domain);
      return deps.accounts.receiveRemote(tx, read.actor, handle?.host);
    });
    if (stored.ok) return stored;
    // What it says now is not taken; what it said before stays.
    const before = await deps.accounts.byActorUri(read.actor.actorUri);
    return before
      ? ok({ account: before })
      : fail('blocked', 'A rule of this server does not allow this account.');
  }

  return {
    actor,
    async account(handle) {
      const known = await deps.accounts.byHandle(handle);
      if (known && (known.domain === null || known.state !== 'active')) {
        return known.state === 'active' ? ok({ account: known }) : fail('not-found', 'This account is gone.');
      }
      const host = handle.replace(/^@/, '').split('@')[1] ?? '';
      if (host !== '' && (await deps.instances.isBlocked(host))) {
        return fail('blocked', `This server does not talk to ${host}.`);
      }
      const resolved = await deps.resolveHandle(handle);
      if (resolved.ok) return actor(resolved.actorId, { handle: resolved.confirmed });
      switch (resolved.reason) {
        case 'bad-handle':
          return fail('handle-invalid', resolved.detail);
        case 'not-found':
        case 'gone':
        case 'own-host':
          return fail('not-found', `There is no account ${handle}.`);
        default:
          return fail(
            'unreachable',
            `${host} could not be asked just now (${resolved.reason}). Try again later.`,
          );
      }
    },
  };
}
