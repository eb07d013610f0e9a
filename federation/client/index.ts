import { readingLimits, remoteJsonLimits } from '../../config/limits.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createDocumentLoader } from '../net/document-loader.ts';
import { signRequest } from '../outbox/sign.ts';
import { CONTEXT } from '../serve/served.ts';
import type { createKeyring } from '../store/keyring.ts';
import { type JsonObject, uriOf } from '../translate/read.ts';
import type { Caller } from './caller.ts';
import { submit } from './outbox.ts';
import { describedIn } from './read.ts';
import { likedBy, type OwnPage, type ReceivedDeps, receivedBy } from './received.ts';

export interface ClientSideDeps extends ReceivedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** The vetted fetch, which asks suspended servers for nothing. */
  readonly policed: Pick<SafeFetch, 'request'>;
  readonly keyring: ReturnType<typeof createKeyring>;
}

type Collection = (deps: ReceivedDeps, account: Account, cursor: string | null) => Promise<OwnPage | null>;

/** ActivityPub for the clients of our own people (ActivityPub 6): a second door to the commands that the API calls. */
export function createClientSide(deps: ClientSideDeps) {
  const { urls } = deps;

  /**
   * Loads documents in the name of a person. The server itself is shown more: what is for the followers here of an
   * account elsewhere, whoever they are (security.md P4).
   */
  const loaderAs = (account: Account) =>
    createDocumentLoader({
      ...{ fetch: deps.policed, log: deps.log, limits: remoteJsonLimits, ownHost: urls.domain },
      sign: async ({ method, url }) => {
        const signing = await deps.keyring.keyOf(account.id);
        return signing ? signRequest({ method, url, ...signing, now: deps.clock.now() }) : {};
      },
    });

  const collection =
    (uriOfOwn: (account: Account) => string, load: Collection) =>
    /** The collection, or with `page` one of its pages, from `cursor` on; null where that is no place in it. */
    async (account: Account, query: { readonly page: boolean; readonly cursor: string | null }) => {
      const uri = uriOfOwn(account);
      const first = `${uri}?page=true`;
      if (!query.page) return { '@context': CONTEXT, id: uri, type: 'OrderedCollection', first };
      const at = (from: string | null) => (from === null ? first : `${first}&cursor=${from}`);
      const loaded = await load(deps, account, query.cursor);
      if (!loaded) return null;
      const { items, next } = loaded;
      return {
        ...{ '@context': CONTEXT, id: at(query.cursor), type: 'OrderedCollectionPage', partOf: uri },
        ...(next === null ? {} : { next: at(next) }),
        orderedItems: items,
      };
    };

  return {
    describe: describedIn,
    submit: (caller: Caller, body: Uint8Array) => submit(deps, caller, body),
    /** What came to a person; for her alone. */
    inbox: collection(({ id }) => urls.inbox(id), receivedBy),
    /** What a person likes; for her alone. */
    liked: collection(({ id }) => urls.liked(id), likedBy),

    /**
     * A document of another server, asked for in the name of the person (`proxyUrl`, ActivityPub 4.1). What exactly
     * hinders a request is not told, as that would tell of networks that only this server reaches (security.md S1).
     */
    async fetch(
      account: Account,
      address: string,
    ): Promise<
      Result<{ document: JsonObject }, 'validation-failed' | 'blocked' | 'not-found' | 'unreachable'>
    > {
      const uri = uriOf(address);
      const url = uri === null ? null : URL.parse(uri);
      if (!url) return fail('validation-failed', 'id: This is not a web address.');
      if (url.host === urls.domain) {
        return fail('validation-failed', 'id: This is of this server. Ask for it directly.');
      }
      if (await deps.instances.isBlocked(url.host)) {
        return fail('blocked', `This server does not talk to ${url.host}.`);
      }
      const signal = AbortSignal.timeout(readingLimits.waitMs);
      const loaded = await loaderAs(account)(url.href, { signal });
      if (loaded.ok) return ok({ document: loaded.document });
      return ['not-found', 'gone', 'refused'].includes(loaded.reason)
        ? fail('not-found', `${url.host} shows you no such document.`)
        : fail('unreachable', `${url.host} gave no document that can be read. Try again later.`);
    },
  };
}
