import { searchLimits } from '../../../config/search-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, PackId } from '../../lib/ids.ts';
import { inTime, namesIn, spaced } from '../search/index.ts';
import { type Pack, type PackRow, packFromRow } from './model.ts';
import { openPacks, recommendable } from './queries.ts';

interface PackSearch {
  readonly q: string;
  readonly limit: number;
  readonly offset: number;
}

/** All words of a text, each as the beginning of one; null where it has none. */
const QUERY = `(select regexp_replace(
  nullif(plainto_tsquery('pg_catalog.simple', search_fold(?))::text, ''), '''( |$)', ''':*\\1', 'g')::tsquery)`;
const WORDS = 'pack_words(packs.title, packs.description)';

/** Finds packs that strangers may be shown, by what they are called and by whom they hold. */
export function packFinding({
  db,
  unlistedDomains,
}: {
  readonly db: Db;
  readonly unlistedDomains: UnlistedDomains;
}) {
  return {
    /**
     * Those whose name and description have all words of a text, the best first; then the newest of those in which somebody shows one of
     * them as a hashtag on their profile. Nothing of what PostgreSQL takes too long for.
     */
    async found(viewerId: AccountId | null, { q, limit, offset }: PackSearch): Promise<Pack[]> {
      const text = spaced(q);
      const who = { viewerId, unlistedDomains };
      const rows = [
        ...(await inTime<PackRow[]>(db, [], (tx) => namedSo(tx, { ...who, text }))),
        ...(await inTime<PackRow[]>(db, [], (tx) => withTopics(tx, { ...who, tags: namesIn(text) }))),
      ];
      const known = new Map<PackId, PackRow>(rows.map((row) => [row.id, row]));
      return [...known.values()]
        .slice(0, searchLimits.packs)
        .slice(offset, offset + limit)
        .map(packFromRow);
    },
  };
}

interface Looking {
  readonly viewerId: AccountId | null;
  readonly unlistedDomains: UnlistedDomains;
}

function namedSo(
  tx: Tx,
  { viewerId, unlistedDomains, text }: Looking & { text: string },
): Promise<PackRow[]> {
  const named = openPacks(tx, viewerId, unlistedDomains)
    .whereRaw(`${WORDS} @@ ${QUERY}`, [text])
    .limit(searchLimits.packsLookedAt)
    .select('packs.*', tx.raw(`ts_rank(${WORDS}, ${QUERY}) as likeness`, [text]));
  return tx
    .from(named.as('named'))
    .orderBy('likeness', 'desc')
    .orderBy('id', 'desc')
    .limit(searchLimits.packs)
    .select<PackRow[]>();
}

/** Whom a pack does not show to the viewer does not speak for it either. */
async function withTopics(
  tx: Tx,
  { viewerId, unlistedDomains, tags }: Looking & { tags: readonly string[] },
): Promise<PackRow[]> {
  if (tags.length === 0) return [];
  const theirs = tx('featured_tags')
    .join('accounts', 'accounts.id', 'featured_tags.account_id')
    .join('pack_members', 'pack_members.account_id', 'featured_tags.account_id')
    .whereRaw('featured_tags.tag = any(?)', [[...tags]])
    .whereNull('pack_members.left_at')
    .modify(recommendable(viewerId, unlistedDomains))
    .limit(searchLimits.packsLookedAt)
    .select('pack_members.pack_id');
  return openPacks(tx, viewerId, unlistedDomains)
    .whereRaw('packs.id = any(array(?))', [theirs])
    .orderBy('packs.id', 'desc')
    .limit(searchLimits.packs)
    .select<PackRow[]>('packs.*');
}
