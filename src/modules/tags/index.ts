import { trendLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import { foldTag } from '../../db/tags.ts';
import { notSilencedFor, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, Id, IdSource } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { featuring } from './featuring.ts';

export type { FeaturedTag } from './featuring.ts';

/** What was posted with a hashtag on one day. */
export interface TagDay {
  /** Its first moment, UTC. */
  readonly day: Date;
  readonly uses: number;
  readonly accounts: number;
}

export type Tags = ReturnType<typeof createTags>;

/** Letters, digits and underscores with at least one letter, as in a text. */
const TAG = /^(?=.*\p{L})[\p{L}\p{M}\p{N}_]{1,100}$/u;

/** The folded name of a hashtag, with or without its `#`, or null where it is none. */
export function parseTag(text: string): string | null {
  const name = foldTag(text.replace(/^#/, ''));
  return TAG.test(name) ? name : null;
}

const { maxFollowedTags, maxMutedTags } = trendLimits;
const FOLLOWS = {
  ...({ table: 'tag_follows', most: maxFollowedTags } as const),
  refusal: `At most ${maxFollowedTags} hashtags can be followed.`,
};
const MUTES = {
  ...({ table: 'tag_mutes', most: maxMutedTags } as const),
  refusal: `At most ${maxMutedTags} hashtags can be muted.`,
};

/** Hashtags: who follows them, how much they are used. Numbers tell of what anybody may see, and of the recent past. */
export function createTags(deps: { db: Db; ids: IdSource; clock: Clock; unlistedDomains: UnlistedDomains }) {
  const { db, ids, clock, unlistedDomains } = deps;
  /** Ids sort by time: the least one of the time that numbers tell of. */
  const since = (days: number) => ids.at(clock.now() - days * 86_400_000);
  const open = (rows: string, days: number, tags: readonly string[] = []) =>
    db('videos')
      .join(
        db.raw(`(${rows}) as recent`, { tags: [...tags], since: since(days), most: trendLimits.mostUses }),
        'recent.video_id',
        'videos.id',
      )
      .where('videos.visibility', 'public')
      .modify(visibleTo(null, unlistedDomains))
      .modify(notSilencedFor(null));

  /** Keeps one more hashtag of an account, where there is room; one that is kept already stays. */
  async function keep(
    tx: Tx,
    { table, most, refusal }: { table: 'tag_follows' | 'tag_mutes'; most: number; refusal: string },
    accountId: AccountId,
    tag: string,
  ): Promise<Result<object, 'too-many-tags'>> {
    // One at a time, so that no two see the last free place.
    await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
    if (await tx(table).where({ account_id: accountId, tag }).first('id')) return ok();
    const count = await tx(table).where({ account_id: accountId }).count('* as count').first();
    if (Number(count?.count) >= most) return fail('too-many-tags', refusal);
    await tx(table).insert({ id: ids.next(), account_id: accountId, tag });
    return ok();
  }

  const among = async (
    table: 'tag_follows' | 'tag_mutes' | 'featured_tags',
    accountId: AccountId,
    tags: readonly string[],
  ): Promise<Set<string>> =>
    new Set(
      await db(table)
        .where({ account_id: accountId })
        .whereRaw('tag = any(?)', [[...tags]])
        .pluck('tag'),
    );

  return {
    /** Follows a hashtag in its folded form; doing it twice changes nothing. */
    follow: (tx: Tx, accountId: AccountId, tag: string) => keep(tx, FOLLOWS, accountId, tag),

    async unfollow(tx: Tx, accountId: AccountId, tag: string): Promise<Result> {
      await tx('tag_follows').where({ account_id: accountId, tag }).delete();
      return ok();
    },

    /** What an account follows, newest first, paged by the ids of the follows. */
    followedBy: (accountId: AccountId, page: Page): Promise<{ id: Id<'tag-follow'>; tag: string }[]> =>
      db('tag_follows').where({ account_id: accountId }).modify(within(page, 'id')).select('id', 'tag'),

    followedAmong: (accountId: AccountId, tags: readonly string[]) => among('tag_follows', accountId, tags),
    mutedAmong: (accountId: AccountId, tags: readonly string[]) => among('tag_mutes', accountId, tags),
    featuredAmong: (accountId: AccountId, tags: readonly string[]) => among('featured_tags', accountId, tags),

    /** Keeps videos with a hashtag out of the feeds of an account; doing it twice changes nothing. */
    mute: (tx: Tx, accountId: AccountId, tag: string) => keep(tx, MUTES, accountId, tag),

    async unmute(tx: Tx, accountId: AccountId, tag: string): Promise<Result> {
      await tx('tag_mutes').where({ account_id: accountId, tag }).delete();
      return ok();
    },

    /** What an account has muted, newest first, paged by the ids of the mutes. */
    mutedBy: (accountId: AccountId, page: Page): Promise<{ id: Id<'tag-mute'>; tag: string }[]> =>
      db('tag_mutes').where({ account_id: accountId }).modify(within(page, 'id')).select('id', 'tag'),

    ...featuring(deps),

    /** How most people write each of these lately; those of which that is not known are left out. */
    async spellingsOf(tags: readonly string[]): Promise<Map<string, string>> {
      if (tags.length === 0) return new Map();
      const { rows } = await db.raw<{ rows: { tag: string; spelling: string }[] }>(
        `select wanted.tag, (
            select recent.spelling
              from (select spelling from video_tags
                     where video_tags.tag = wanted.tag order by video_id desc limit ?) as recent
             where recent.spelling is not null
             group by recent.spelling order by count(*) desc, recent.spelling limit 1) as spelling
           from unnest(?::text[]) as wanted (tag)`,
        [trendLimits.spelledBy, [...tags]],
      );
      return new Map(rows.flatMap(({ tag, spelling }) => (spelling === null ? [] : [[tag, spelling]])));
    },

    /** How much each of these was used, newest day first; days without use are left out. */
    async historyOf(tags: readonly string[]): Promise<Map<string, TagDay[]>> {
      if (tags.length === 0) return new Map();
      const rows: (TagDay & { tag: string })[] = await db
        .select(
          'tag',
          db.raw(`date_trunc('day', published_at at time zone 'UTC') at time zone 'UTC' as day`),
          db.raw('count(*)::int as uses'),
          db.raw('count(distinct account_id)::int as accounts'),
        )
        .from(
          open(
            `select wanted.tag, found.video_id from unnest(:tags::text[]) as wanted(tag), lateral (
               select video_id from video_tags where tag = wanted.tag and video_id > :since
                order by video_id desc limit :most) as found`,
            trendLimits.historyDays,
            tags,
          )
            .select('recent.tag', 'videos.published_at', 'videos.account_id')
            .as('uses'),
        )
        .groupBy('tag', 'day')
        .orderBy('day', 'desc');
      return Map.groupBy(rows, (row) => row.tag) as Map<string, TagDay[]>;
    },

    /** The hashtags that most people used lately. */
    async trending(page: { readonly offset: number; readonly limit: number }): Promise<string[]> {
      const rows: { tag: string }[] = await open(
        'select tag, video_id from video_tags where video_id > :since order by video_id desc limit :most',
        trendLimits.trendDays,
      )
        .select('recent.tag as tag', db.raw('count(distinct videos.account_id) as accounts'))
        .groupBy('recent.tag')
        .orderBy([{ column: 'accounts', order: 'desc' }, { column: 'tag' }])
        .offset(page.offset)
        .limit(page.limit);
      return rows.map((row) => row.tag);
    },
  };
}
