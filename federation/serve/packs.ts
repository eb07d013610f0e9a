import { parseId } from '../../src/lib/ids.ts';
import { nextOf, PAGE, type ServeDeps } from './objects.ts';
import { absent, CONTEXT, collectionAt, type Question, type Served, tombstoneAt } from './served.ts';

/** FEP-7aa9, by which Mastodon and Loops call such a collection. */
const PACK_CONTEXT = [CONTEXT, { FeaturedCollection: 'https://w3id.org/fep/7aa9#FeaturedCollection' }];

/** A starter pack of this server: a collection of actors that says what it is called and whose it is. */
export async function servePack(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const id = parseId<'pack'>(idText);
  if (id === null) return absent;
  const pack = await deps.packs.one(id, null);
  if (!pack || pack.fetchedAt !== null) {
    const uri = deps.urls.pack(id);
    const deleted = await deps.videos.tombstone(uri);
    return deleted ? tombstoneAt(uri, deleted.deletedAt) : absent;
  }
  const owner = await deps.accounts.byId(pack.ownerId);
  if (!owner || !(await deps.access.isWelcome(owner.id, query.asking.reader))) return absent;
  const served = await collectionAt(pack.uri, pack.url, query, {
    total: async () => (await deps.packs.membersOf([pack.id], null)).get(pack.id)?.length ?? 0,
    load: async (cursor) => {
      const rows = await deps.packs.members(pack.id, cursor === null ? null : parseId(cursor), PAGE);
      const actors = await deps.accounts.byIds(rows.map(({ accountId }) => accountId));
      const items = rows.flatMap(({ accountId }) => actors.get(accountId)?.actorUri ?? []);
      return { items, next: nextOf(rows, PAGE) };
    },
  });
  if (served.status !== 200 || query.page) return served;
  return {
    ...served,
    document: {
      ...served.document,
      '@context': PACK_CONTEXT,
      type: ['OrderedCollection', 'FeaturedCollection'],
      attributedTo: owner.actorUri,
      name: pack.title,
      ...(pack.description === '' ? {} : { summary: pack.description }),
      url: pack.url,
      published: pack.createdAt.toISOString(),
      updated: pack.updatedAt.toISOString(),
    },
  };
}
