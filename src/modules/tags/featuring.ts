import { trendLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, Id, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

export type FeaturedTagId = Id<'featured-tag'>;

/** A hashtag that an account shows on its profile, with what it posted with it for everybody. */
export interface FeaturedTag {
  readonly id: FeaturedTagId;
  readonly tag: string;
  readonly uses: number;
  readonly lastUsedAt: Date | null;
}

/** Hashtags on profiles. */
export function featuring(deps: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly unlistedDomains: UnlistedDomains;
}) {
  const { db, ids, unlistedDomains } = deps;
  const posted = (accountId: AccountId) =>
    db('videos')
      .join('video_tags', 'video_tags.video_id', 'videos.id')
      .where({ 'videos.account_id': accountId, 'videos.visibility': 'public' })
      .modify(visibleTo(null, unlistedDomains));

  return {
    /** Shows a hashtag on the profile; doing it twice changes nothing. */
    async feature(tx: Tx, accountId: AccountId, tag: string): Promise<Result<object, 'too-many-tags'>> {
      // One at a time, so that no two see the last free place.
      await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
      const shown: string[] = await tx('featured_tags').where({ account_id: accountId }).pluck('tag');
      if (shown.includes(tag)) return ok();
      if (shown.length >= trendLimits.maxFeaturedTags) {
        return fail(
          'too-many-tags',
          `At most ${trendLimits.maxFeaturedTags} hashtags can be shown on a profile.`,
        );
      }
      await tx('featured_tags').insert({ id: ids.next(), account_id: accountId, tag });
      return ok();
    },

    async unfeature(tx: Tx, accountId: AccountId, tag: string): Promise<Result> {
      await tx('featured_tags').where({ account_id: accountId, tag }).delete();
      return ok();
    },

    /** The same by its id. False where it is not there, or not the account’s. */
    async unfeatureById(tx: Tx, accountId: AccountId, id: FeaturedTagId): Promise<boolean> {
      return (await tx('featured_tags').where({ account_id: accountId, id }).delete()) === 1;
    },

    /** What an account shows, the most used first. */
    async featuredBy(accountId: AccountId): Promise<FeaturedTag[]> {
      const rows: { id: FeaturedTagId; tag: string; uses: number; lastUsedAt: Date | null }[] = await db(
        'featured_tags',
      )
        .leftJoin(
          posted(accountId)
            .groupBy('video_tags.tag')
            .select('video_tags.tag as used')
            .count('* as uses')
            .max('videos.published_at as last_used_at')
            .as('used'),
          'used.used',
          'featured_tags.tag',
        )
        .where({ account_id: accountId })
        .orderByRaw('coalesce(uses, 0) desc, featured_tags.id')
        .select('featured_tags.id', 'featured_tags.tag')
        .select(db.raw('coalesce(uses, 0)::int as uses'), 'last_used_at as lastUsedAt');
      return rows;
    },

    /** What an account uses most and does not show yet. */
    worthFeaturing: (accountId: AccountId): Promise<string[]> =>
      posted(accountId)
        .whereNotIn('video_tags.tag', db('featured_tags').where({ account_id: accountId }).select('tag'))
        .groupBy('video_tags.tag')
        .orderByRaw('count(*) desc, video_tags.tag')
        .limit(trendLimits.maxFeaturedTags)
        .pluck('video_tags.tag'),
  };
}
