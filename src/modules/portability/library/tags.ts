import type { Db, Tx } from '../../../db/database.ts';
import type { AccountId } from '../../../lib/ids.ts';
import { fail, ok } from '../../../lib/result.ts';
import { type PortedRow, tagUses } from '../csv.ts';
import { halvesOf, type LibraryPart, pairOf } from './part.ts';

type Use = (typeof tagUses)[number];

const TABLES: Readonly<Record<Use, string>> = {
  followed: 'tag_follows',
  muted: 'tag_mutes',
  featured: 'featured_tags',
};

/** All that an account does with hashtags: `use` and `tag`, and an id by which it is in order. */
const usesOf = (db: Db | Tx, accountId: AccountId) =>
  db.from(
    db
      .unionAll(
        tagUses.map((use) =>
          db(TABLES[use])
            .where({ account_id: accountId })
            .select('id', 'tag', db.raw('?::text as use', [use])),
        ),
      )
      .as('uses'),
  );

/** Hashtags that somebody follows, has muted, or shows on the profile. */
export const tagsPart: LibraryPart = {
  async rows({ db }, accountId) {
    const rows: PortedRow[] = await usesOf(db, accountId).orderBy(['use', 'id']).select('tag as name', 'use');
    return rows;
  },

  there: (_deps, tx, accountId) =>
    usesOf(tx, accountId).select(tx.raw(`use || ':' || tag as names`), tx.raw(`e'\\n' || tag as name`)),

  async add({ tags }, tx, { id }, named, { use = 'followed' }) {
    if (!('tag' in named)) return fail('not-found');
    const { tag } = named;
    const begin = { followed: tags.follow, muted: tags.mute, featured: tags.feature }[use];
    const begun = await begin(tx, id, tag);
    return begun.ok ? ok({ names: pairOf(use, tag) }) : begun;
  },

  take({ tags }, tx, { id }, names) {
    const [use, tag] = halvesOf<Use, string>(names);
    const end = { followed: tags.unfollow, muted: tags.unmute, featured: tags.unfeature }[use];
    return end(tx, id, tag);
  },
};
