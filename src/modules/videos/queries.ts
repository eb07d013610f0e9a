import type { Knex } from 'knex';
import { trendLimits, videoLimits } from '../../../config/limits.ts';
import type { Db } from '../../db/database.ts';
import { inWantedLanguage, notMutedBy, wantedAtHome } from '../../db/feed.ts';
import { madeOnce, SOME_VIDEOS, SOMEBODY } from '../../db/made-once.ts';
import { within } from '../../db/paging.ts';
import { tombstoneOf } from '../../db/tombstones.ts';
import { byShownAuthor, notSilencedFor, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, ListId, SoundId, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import type { RegionalAction, SoundRegion } from '../sounds/index.ts';
import { givenMuted } from './media-given-muted.ts';
import { type MediaAccess, mediaAccessOf } from './media-urls.ts';
import type { AssetRow, FileRow, Video, VideoRow } from './model.ts';
import { videoFromRow } from './model.ts';

export type { Page } from '../../lib/paging.ts';

/** Which of the public videos. */
export interface ListNarrowing {
  readonly scope: 'all' | 'local' | 'remote';
  /** Videos with this sound. */
  readonly soundId?: SoundId;
  /** Hashtags in their folded form: at least one of `any`, all of `all`, none of `none`. */
  readonly tags?: {
    readonly any: readonly string[];
    readonly all: readonly string[];
    readonly none: readonly string[];
  };
}

/** What is noted of videos beside them. */
interface Marks {
  readonly pinned: ReadonlySet<VideoId>;
  readonly named: ReadonlyMap<VideoId, readonly AccountId[]>;
  readonly sounds: ReadonlyMap<VideoId, SoundOfVideo>;
}

/** What is heard in a video. */
export interface SoundOfVideo {
  readonly id: SoundId;
  /** Empty where it has no name, or that is not for everybody. */
  readonly title: string;
  /** Whether it was heard in this video first. */
  readonly isOriginal: boolean;
  /** Where its videos are not given; null: nowhere. */
  readonly region: SoundRegion | null;
}

interface AccessRow extends RegionRow, Pick<Video, 'state' | 'visibility'> {}

interface RegionRow {
  readonly action: RegionalAction | null;
  readonly countries: string[] | null;
  readonly countries_except: boolean | null;
  readonly reason: string | null;
}

interface MarkRow extends RegionRow {
  readonly id: VideoId;
  readonly named: AccountId | null;
  readonly sound_id: SoundId | null;
  readonly title: string;
  readonly is_original: boolean;
}

/**
 * Joins the rules of a video's sounds: its own, and those that it carries. In one that is played without its sound everywhere,
 * nothing is muted anywhere.
 */
const HEARD_IN_VIDEOS = `(sound_rules.sound_id = videos.sound_id
  or sound_rules.sound_id in (select carried.sound_id from carried_sounds as carried where carried.video_id = videos.id))
  and (sound_rules.action <> 'mute' or not videos.silent)`;

const regionOf = ({ action, countries, countries_except: except, reason }: RegionRow): SoundRegion => ({
  ...{
    action: action ?? 'refuse',
    countries: countries ?? [],
    except: except ?? false,
    reason: reason ?? '',
  },
});

/** An upload under way. */
interface Upload {
  readonly videoId: VideoId;
  readonly accountId: AccountId;
  /** As announced. */
  readonly bytes: number;
  /** What the object storage calls it, where it goes straight there; null for one by tus. */
  readonly multipartId: string | null;
}

/** The stored objects of a video in its row: one question for both, which each page of a feed asks. */
const FILES = `(select coalesce(json_agg(file), '[]') from (
  select key, role, rung, content_type, bytes, sha256, width, height, bandwidth, codecs, frame_rate, language, label, automatic
    from video_assets where video_assets.video_id = videos.id) as file) as files`;
type WithFiles = VideoRow & { readonly files: readonly FileRow[] };

/** Reads of videos. Whatever leaves the server goes through `visibleTo`. */
export function videoQueries(db: Db, unlisted: UnlistedDomains = 'shown') {
  async function withAssets(rows: readonly VideoRow[]): Promise<Video[]> {
    if (rows.length === 0) return [];
    const assets: AssetRow[] = await db('video_assets').whereRaw('video_id = any(?)', [
      rows.map((row) => row.id),
    ]);
    const byVideo = Map.groupBy(assets, (asset) => asset.video_id);
    return rows.map((row) => videoFromRow(row, byVideo.get(row.id) ?? []));
  }

  const among = (viewerId: AccountId | null) =>
    db('videos')
      .select('videos.*', db.raw(FILES))
      .whereRaw('videos.id = any(?)', [SOME_VIDEOS])
      .modify(visibleTo(viewerId, unlisted));
  const visibleToOne = madeOnce<WithFiles>(db, [SOME_VIDEOS, SOMEBODY], among(SOMEBODY));
  const visibleToAll = madeOnce<WithFiles>(db, [SOME_VIDEOS], among(null));

  const taggedWith = (tags: readonly string[]) =>
    db('video_tags')
      .whereRaw('video_tags.video_id = videos.id')
      .whereRaw('tag = any(?)', [[...tags]])
      .select('tag');

  async function list(
    viewerId: AccountId | null,
    page: Page,
    narrow: (query: Knex.QueryBuilder) => void,
  ): Promise<Video[]> {
    const rows: VideoRow[] = await db('videos')
      .select('videos.*')
      .modify(visibleTo(viewerId, unlisted))
      .modify(narrow)
      .modify(within(page, 'videos.id'));
    return withAssets(page.minId === null ? rows : rows.reverse());
  }

  return {
    /** One video as the viewer may see it, or null. */
    async forViewer(id: VideoId, viewerId: AccountId | null): Promise<Video | null> {
      const row = await db('videos')
        .select('videos.*')
        .where('videos.id', id)
        .modify(visibleTo(viewerId, unlisted))
        .first();
      return (await withAssets(row ? [row] : []))[0] ?? null;
    },

    /** Those of these videos that the viewer may see. */
    async forViewerAmong(ids: readonly VideoId[], viewerId: AccountId | null): Promise<Map<VideoId, Video>> {
      if (ids.length === 0) return new Map();
      const rows = await (viewerId === null ? visibleToAll([ids]) : visibleToOne([ids, viewerId]));
      return new Map(rows.map((row) => [row.id, videoFromRow(row, row.files)]));
    },

    /** One published video, where the author has an accepted follower on that server: for that server only. */
    async forServerOfFollower(id: VideoId, host: string): Promise<Video | null> {
      const row = await db('videos')
        .select('videos.*')
        .where({ 'videos.id': id, 'videos.state': 'published', 'author.state': 'active' })
        .join('accounts as author', 'author.id', 'videos.account_id')
        .whereExists((follower) =>
          follower
            .select('follows.id')
            .from('follows')
            .join('accounts', 'accounts.id', 'follows.follower_id')
            .whereRaw('follows.target_id = videos.account_id')
            .where({ 'follows.state': 'accepted', 'accounts.domain': host, 'accounts.state': 'active' }),
        )
        .first();
      return (await withAssets(row ? [row] : []))[0] ?? null;
    },

    /** One video of its author, in any state: to follow an upload. */
    async ofAuthor(id: VideoId, accountId: AccountId): Promise<Video | null> {
      const read = async () => {
        const row = await db('videos').where({ id, account_id: accountId }).first();
        return (await withAssets(row ? [row] : []))[0] ?? null;
      };
      const video = await read();
      // Its first files were named between the two statements: the row is from before.
      const isTorn = video !== null && video.assets.length > 0 && video.durationSeconds === null;
      return isTorn ? read() : video;
    },

    /** Those of these videos that are this author's, in any state. */
    async ofAuthorAmong(ids: readonly VideoId[], accountId: AccountId): Promise<Map<VideoId, Video>> {
      if (ids.length === 0) return new Map();
      const rows: VideoRow[] = await db('videos')
        .whereRaw('id = any(?)', [[...ids]])
        .where({ account_id: accountId });
      return new Map((await withAssets(rows)).map((video) => [video.id, video]));
    },

    /** Any video, past the visibility predicate: for workers and for delivery only. */
    async internal(id: VideoId): Promise<Video | null> {
      const row = await db('videos').where({ id }).first();
      return (await withAssets(row ? [row] : []))[0] ?? null;
    },

    /** Ids of videos of this server that can be made anew, oldest first, after one of them. */
    async remakeable(afterId: VideoId | null, limit: number): Promise<VideoId[]> {
      return db('videos')
        .where({ local: true, media_state: 'ready' })
        .whereNotNull('original_key')
        .where('id', '>', afterId ?? 0)
        .orderBy('id')
        .limit(limit)
        .pluck('id');
    },

    /**
     * Ids of finished videos of this server with sound for which no captions were ever made and that have none,
     * oldest first, after one of them.
     */
    async withoutCaptions(afterId: VideoId | null, limit: number): Promise<VideoId[]> {
      const assets = (role: string) => db('video_assets').whereRaw('video_id = videos.id').where({ role });
      return db('videos')
        .where({ local: true, state: 'published', media_state: 'ready', transcribed_at: null })
        .where('id', '>', afterId ?? 0)
        .whereExists(assets('cmaf').whereLike('codecs', '%mp4a%'))
        .whereNotExists(assets('captions'))
        .orderBy('id')
        .limit(limit)
        .pluck('id');
    },

    /** Short sides of every size that the source of a video is good for, largest first. */
    async plannedRungs(id: VideoId): Promise<readonly number[]> {
      const row = await db('videos').where({ id }).first('planned_rungs');
      return row?.planned_rungs ?? [];
    },

    /** Any video by its ActivityPub id, past the visibility predicate: for incoming activities only. */
    async internalByUri(uri: string): Promise<Video | null> {
      const row = await db('videos').where({ uri }).first();
      return (await withAssets(row ? [row] : []))[0] ?? null;
    },

    /**
     * Who may fetch the objects stored for a video, by all videos that are played by them: everybody, only who was given a signed address (it is not for everybody,
     * or its author alone watches it while it is processed), or nobody (null: it is not there, was refused, or the
     * staff hides its author).
     */
    async mediaAccess(ownerId: string): Promise<MediaAccess | null> {
      if (!/^\d{1,18}$/.test(ownerId)) return null;
      const sharing = db('video_assets')
        .whereRaw(`split_part(key, '/', 2) = ?`, [ownerId])
        .select('video_id');
      const rows: AccessRow[] = await db('videos')
        .leftJoin('sound_rules', (rule) => rule.onVal('videos.regional', true).andOn(db.raw(HEARD_IN_VIDEOS)))
        .where((one) => one.where('videos.id', ownerId).orWhereIn('videos.id', sharing))
        .whereNotIn('videos.state', ['rejected', 'removed'])
        // It is played again once it was made without its sound.
        .whereRaw('(videos.silent or not videos.staff_muted)')
        .modify(byShownAuthor('videos', null, unlisted))
        .distinct('videos.state', 'videos.visibility', 'sound_rules.action', 'sound_rules.countries')
        .distinct('sound_rules.countries_except', 'sound_rules.reason');
      const found = rows.map(mediaAccessOf);
      const access = found.includes('public') ? 'public' : (found[0] ?? null);
      const regions = rows.filter(({ countries }) => countries !== null).map(regionOf);
      if (!access || regions.length === 0) return access;
      const isMuted = regions.some(({ action }) => action === 'mute');
      return { access, regions, given: isMuted ? await givenMuted(db, ownerId) : new Map() };
    },

    /** When what was at this address was deleted, or null. */
    tombstone: (uri: string) => tombstoneOf(db, uri),

    /** What an account has put on top of its profile, newest first, as the viewer may see it. */
    async pinnedBy(accountId: AccountId, viewerId: AccountId | null): Promise<Video[]> {
      const rows: VideoRow[] = await db('videos')
        .select('videos.*')
        .join('pins', 'pins.video_id', 'videos.id')
        .where('pins.account_id', accountId)
        .modify(visibleTo(viewerId, unlisted))
        .orderBy('pins.created_at', 'desc')
        .limit(videoLimits.maxPins);
      return withAssets(rows);
    },

    /** Which of these videos are pinned by their authors, the people whom their captions name, and what is heard in them: one question for all. */
    async marksAmong(ids: readonly VideoId[]): Promise<Marks> {
      const { rows } = await db.raw<{ rows: MarkRow[] }>(
        `select video_id as id, null::bigint as named, null::bigint as sound_id, '' as title, false as is_original,
                null::text as action, null::text[] as countries, null::boolean as countries_except,
                null::text as reason
           from pins where video_id = any(:ids)
         union all (select video_id, account_id, null, '', false, null, null, null, null from mentions
                     where video_id = any(:ids) order by account_id)
         union all select videos.id, null, sounds.id,
                          case when sounds.is_open or sounds.original_id = videos.id then sounds.title else '' end,
                          sounds.original_id is not distinct from videos.id,
                          rule.action, rule.countries, rule.countries_except, rule.reason
                     from videos join sounds on sounds.id = videos.sound_id
                     left join lateral (
                       select * from sound_rules where videos.regional and countries is not null and ${HEARD_IN_VIDEOS}
                        order by sound_rules.sound_id <> sounds.id limit 1) as rule on true
                    where videos.id = any(:ids)`,
        { ids: [...ids] },
      );
      const pinned = rows.flatMap(({ id, named, sound_id }) =>
        named === null && sound_id === null ? [id] : [],
      );
      const sounds = rows.flatMap(({ id, sound_id, title, is_original: isOriginal, ...rule }) => {
        const region = rule.countries === null ? null : regionOf(rule);
        return sound_id === null ? [] : [[id, { id: sound_id, title, isOriginal, region }] as const];
      });
      const named = Map.groupBy(
        rows.flatMap((row) => (row.named === null ? [] : [{ id: row.id, accountId: row.named }])),
        ({ id }) => id,
      );
      return {
        pinned: new Set(pinned),
        sounds: new Map(sounds),
        named: new Map([...named].map(([id, people]) => [id, people.map(({ accountId }) => accountId)])),
      };
    },

    /** Videos of those the viewer follows, public ones of followed hashtags, and the viewer's own, as she wants them at home. */
    fromFollowed: (viewerId: AccountId, page: Page) =>
      list(viewerId, page, (query) =>
        query.modify(wantedAtHome(viewerId)).where((mine) =>
          mine
            .where('videos.account_id', viewerId)
            .orWhereIn('videos.account_id', (followed) =>
              followed
                .select('target_id')
                .from('follows')
                .where({ follower_id: viewerId, state: 'accepted' }),
            )
            .orWhere((tagged) =>
              tagged
                .where('videos.visibility', 'public')
                .whereExists((found) =>
                  found
                    .select('video_tags.tag')
                    .from('video_tags')
                    .join('tag_follows', 'tag_follows.tag', 'video_tags.tag')
                    .whereRaw('video_tags.video_id = videos.id')
                    .where('tag_follows.account_id', viewerId),
                )
                .modify(notSilencedFor(viewerId)),
            ),
        ),
      ),

    /** Public videos of everybody known here whom the staff has not silenced. */
    publicVideos: (viewerId: AccountId | null, page: Page, { scope, tags, soundId }: ListNarrowing) =>
      list(viewerId, page, (query) => {
        query
          .where('videos.visibility', 'public')
          .modify(notSilencedFor(viewerId))
          .modify(notMutedBy(viewerId));
        if (scope !== 'all') query.where('videos.local', scope === 'local');
        if (soundId !== undefined) query.where('videos.sound_id', soundId);
        if (!tags) return;
        if (tags.any.length > 0) query.whereExists(taggedWith(tags.any));
        for (const tag of tags.all) query.whereExists(taggedWith([tag]));
        if (tags.none.length > 0) query.whereNotExists(taggedWith(tags.none));
      }),

    /** The ids of what is public and of the last days, most liked, shared and commented on first. */
    async trending(
      viewerId: AccountId | null,
      page: { readonly offset: number; readonly limit: number },
    ): Promise<VideoId[]> {
      const recent = db('videos')
        .select('videos.id')
        .where('videos.visibility', 'public')
        .modify(visibleTo(viewerId, unlisted))
        .modify(notSilencedFor(viewerId))
        .modify(notMutedBy(viewerId))
        .whereRaw(`videos.published_at > now() - ? * interval '1 day'`, [trendLimits.historyDays])
        .orderBy('videos.id', 'desc')
        .limit(trendLimits.mostVideos)
        .as('recent');
      return db
        .from(recent)
        .join('video_stats', 'video_stats.video_id', 'recent.id')
        .whereRaw('likes + shares + comments > 0')
        .orderByRaw('likes + 2 * shares + comments desc, recent.id desc')
        .offset(page.offset)
        .limit(page.limit)
        .pluck('recent.id');
    },

    /** Videos of the accounts in a list of the viewer. Whether it is hers is for the caller to find out. */
    ofList: (listId: ListId, viewerId: AccountId, page: Page) =>
      list(viewerId, page, (query) =>
        query
          .modify(notMutedBy(viewerId))
          .modify(inWantedLanguage(viewerId))
          .whereIn('videos.account_id', (listed) =>
            listed.select('account_id').from('list_accounts').where({ list_id: listId }),
          ),
      ),

    ofAccount: (accountId: AccountId, viewerId: AccountId | null, page: Page, tag: string | null = null) =>
      list(viewerId, page, (query) => {
        query.where('videos.account_id', accountId);
        if (tag !== null) query.whereExists(taggedWith([tag]));
      }),

    /**
     * Duets and stitches of a video, newest first, as the viewer may see them: those that the author of the original allows,
     * and the viewer's own.
     */
    remixesOf: (videoId: VideoId, viewerId: AccountId | null, page: Page) =>
      list(viewerId, page, (query) =>
        query.where('videos.remix_of_id', videoId).where((shown) => {
          shown.where('videos.remix_consent', 'given');
          if (viewerId !== null) shown.orWhere('videos.account_id', viewerId);
        }),
      ),

    /** How many published videos of an account the viewer may see: counted, for a job. */
    async countOfAccount(accountId: AccountId, viewerId: AccountId | null): Promise<number> {
      const row = await db('videos')
        .where('videos.account_id', accountId)
        .modify(visibleTo(viewerId, unlisted))
        .count('* as count')
        .first();
      return Number(row?.count ?? 0);
    },

    /** Published videos of this server, for NodeInfo. */
    async localCount(): Promise<number> {
      const row = await db('videos').where({ local: true, state: 'published' }).count('* as count').first();
      return Number(row?.count ?? 0);
    },

    /** An upload under way. */
    async upload(uploadId: string): Promise<Upload | null> {
      const row = await db('uploads').where({ id: uploadId }).first();
      if (!row) return null;
      const { video_id: videoId, account_id: accountId, multipart_id: multipartId } = row;
      return { videoId, accountId, bytes: Number(row.bytes), multipartId };
    },

    /** What an account uploaded and has not posted: what it keeps or has scheduled, or what is dropped after a while. */
    async draftCount(accountId: AccountId, kept: boolean): Promise<number> {
      const row = await db('videos')
        .where({ account_id: accountId, awaits_post: true })
        .whereRaw(
          '(keeps_draft or exists (select from scheduled_posts where scheduled_posts.video_id = videos.id)) = ?',
          [kept],
        )
        .count('* as count')
        .first();
      return Number(row?.count ?? 0);
    },

    /** Ids of uploads begun before a moment, oldest first. */
    async uploadsBefore(moment: Date, limit: number): Promise<string[]> {
      return db('uploads').where('created_at', '<', moment).orderBy('created_at').limit(limit).pluck('id');
    },

    /** Uploads an account has under way, for its quota. */
    async openUploads(accountId: AccountId): Promise<number> {
      const row = await db('uploads').where({ account_id: accountId }).count('* as count').first();
      return Number(row?.count ?? 0);
    },
  };
}
