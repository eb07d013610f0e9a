import { packLimits, readingLimits } from '../../config/limits.ts';
import type { InTx } from '../../src/db/database.ts';
import { atOnce } from '../../src/lib/at-once.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { textOfHtml } from '../../src/lib/html/sanitize.ts';
import { type AccountId, type PackId, parseId } from '../../src/lib/ids.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import type { Packs } from '../../src/modules/packs/index.ts';
import type { Lookup } from '../lookup.ts';
import { type CollectionItem, readCollection } from '../net/collection.ts';
import type { LoadDocument } from '../net/document-loader.ts';
import {
  idOf,
  isObject,
  type JsonObject,
  listOf,
  sameOrigin,
  textOf,
  typesOf,
  uriOf,
} from '../translate/read.ts';

export interface ReadPackDeps {
  readonly accounts: Accounts;
  readonly instances: Instances;
  readonly packs: Packs;
  readonly urls: Urls;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly lookup: Lookup;
  readonly loadDocument: LoadDocument;
}

type Refusal = 'not-a-pack' | 'unreachable' | 'blocked';
type ReadPack = (address: string) => Promise<Result<{ packId: PackId }, Refusal>>;

const COLLECTIONS = ['Collection', 'OrderedCollection', 'FeaturedCollection'];
/** Of HTML that is made plain text. */
const MAX_HTML_CHARACTERS = 4_000;
const no = (): Result<never, 'not-a-pack'> =>
  fail('not-a-pack', 'There is no starter pack at this address that this server can read.');

/**
 * Reads a starter pack by the address of its page or collection. One of another server is a collection of actors that has a name,
 * and says that an actor of its own origin made it; how much of it is read and how many unknown actors are asked for is capped.
 */
export function createReadPack(deps: ReadPackDeps): ReadPack {
  return async (address) => {
    const uri = uriOf(address);
    if (uri === null) return no();
    const ownId = deps.urls.packIdAt(uri);
    if (deps.urls.isOurs(uri)) {
      const id = ownId === null ? null : parseId<'pack'>(ownId);
      return id === null ? no() : ok({ packId: id });
    }
    const { host } = new URL(uri);
    if (await deps.instances.isBlocked(host)) return fail('blocked', `This server does not talk to ${host}.`);
    const known = await deps.packs.byUri(uri);
    if (known?.fetchedAt && deps.clock.now() - known.fetchedAt.getTime() < packLimits.freshMs) {
      return ok({ packId: known.id });
    }
    return bring(deps, uri);
  };
}

async function bring(deps: ReadPackDeps, address: string): ReturnType<ReadPack> {
  const signal = AbortSignal.timeout(readingLimits.waitMs);
  const loaded = await deps.loadDocument(address, { signal });
  if (!loaded.ok) {
    // Its own server says that it is gone for good; one 404 may be an accident (federation-interop.md 2).
    if (loaded.reason === 'gone') await deps.inTx((tx) => deps.packs.forgetRemote(tx, address));
    if (['gone', 'not-found', 'wrong-content-type', 'id-mismatch'].includes(loaded.reason)) return no();
    return fail(
      'unreachable',
      `The other server could not be asked just now (${loaded.reason}). Try again later.`,
    );
  }
  const { document, url: uri } = loaded;
  const title = textOf(document.name, packLimits.maxTitleCharacters)?.trim() ?? '';
  const ownerUri = idOf(document.attributedTo);
  const isPack = typesOf(document).some((type) => COLLECTIONS.includes(type)) && title !== '';
  if (!isPack || ownerUri === null || !sameOrigin(ownerUri, uri)) return no();
  const owner = await deps.lookup.actor(ownerUri);
  if (!owner.ok) return owner.reason === 'not-found' ? no() : fail(owner.reason, owner.detail);
  const members = await membersOf(deps, document, uri, signal);
  if (members === 'again')
    return fail('unreachable', 'The other server could not be asked just now. Try again later.');
  const page = uriOf(document.url);
  const packId = await deps.inTx((tx) =>
    deps.packs.keepRemote(tx, {
      ...{ ownerId: owner.account.id, title, uri, memberIds: members },
      description: textOfHtml(
        textOf(document.summary, MAX_HTML_CHARACTERS) ?? '',
        packLimits.maxDescriptionCharacters,
      ),
      url: page !== null && sameOrigin(page, uri) ? page : uri,
    }),
  );
  return ok({ packId });
}

/** Who is in it, in its order, as far as the caps allow; `again` where its server does not answer. */
async function membersOf(
  deps: ReadPackDeps,
  document: JsonObject,
  uri: string,
  signal: AbortSignal,
): Promise<AccountId[] | 'again'> {
  const uris = new Set<string>();
  const limits = { ...readingLimits, maxItems: 2 * packLimits.maxMembers };
  // One that is embedded whole need not be asked for again.
  const start =
    [...listOf(document.items), ...listOf(document.orderedItems)].length > 0 ? document : document.first;
  const read = await readCollection(
    { loadDocument: deps.loadDocument, limits, signal },
    uri,
    start,
    (item) => {
      const member = memberUri(item);
      if (member !== null) uris.add(member);
      return uris.size < packLimits.maxMembers;
    },
  );
  if (read.end === 'again') return 'again';
  const found = new Map<string, AccountId>();
  const unknown: string[] = [];
  for (const one of uris) {
    const account = await deps.accounts.byActorUri(one);
    if (account) found.set(one, account.id);
    else if (!deps.urls.isOurs(one)) unknown.push(one);
  }
  await atOnce(packLimits.askedAtOnce, unknown.slice(0, packLimits.maxUnknown), async (one) => {
    if (signal.aborted) return;
    const outcome = await deps.lookup.actor(one);
    if (outcome.ok) found.set(one, outcome.account.id);
  });
  return [...uris].flatMap((one) => found.get(one) ?? []);
}

/**
 * The actor that an entry stands for: named by its id, whole, or as the `featuredObject` of a FeaturedItem; one that names no
 * authorization of that actor’s own server is not agreed to yet (FEP-7aa9).
 */
function memberUri(item: CollectionItem): string | null {
  if (typeof item === 'string') return uriOf(item);
  if (!typesOf(item).includes('FeaturedItem')) return idOf(item);
  const actor = idOf(item.featuredObject);
  const stamp = item.featureAuthorization;
  const stampUri = isObject(stamp) ? idOf(stamp) : uriOf(stamp);
  return actor !== null && stampUri !== null && sameOrigin(actor, stampUri) ? actor : null;
}
