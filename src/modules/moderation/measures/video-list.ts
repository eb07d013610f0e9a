import type { Knex } from 'knex';
import { measureLimits } from '../../../../config/measure-limits.ts';
import type { Db } from '../../../db/database.ts';
import { within } from '../../../db/paging.ts';
import type { AccountId, SoundId, VideoId } from '../../../lib/ids.ts';
import type { Page } from '../../../lib/paging.ts';
import type { VideoState, Visibility } from '../../videos/index.ts';

export const videoStandings = ['published', 'removed', 'limited', 'sensitive', 'waiting'] as const;
export type VideoStanding = (typeof videoStandings)[number];

/** Which videos the staff asks for; what is left out does not narrow. */
export interface VideoSearch {
  /** Words of the caption, the id of a video, or the handle of its author with `@`. */
  readonly q?: string | undefined;
  readonly standing?: VideoStanding | undefined;
  readonly origin?: 'local' | 'remote' | undefined;
  readonly accountId?: AccountId | undefined;
  readonly soundId?: SoundId | undefined;
  readonly ids?: readonly VideoId[] | undefined;
}

/** A video as the staff sees it in a list. */
export interface StaffVideo {
  readonly id: VideoId;
  readonly accountId: AccountId;
  readonly state: VideoState;
  readonly visibility: Visibility;
  readonly captionHtml: string;
  readonly sensitive: boolean;
  readonly marks: {
    readonly sensitive: boolean;
    readonly commentsOff: boolean;
    readonly undiscoverable: boolean;
    readonly muted: boolean;
  };
  readonly local: boolean;
  readonly url: string;
  readonly posterKey: string | null;
  readonly durationSeconds: number | null;
  readonly createdAt: Date;
}

const STANDINGS: Readonly<Record<VideoStanding, (query: Knex.QueryBuilder) => void>> = {
  published: (query) => query.where('videos.state', 'published'),
  removed: (query) => query.where('videos.state', 'removed'),
  limited: (query) =>
    query.where((marked) =>
      marked
        .where('videos.undiscoverable', true)
        .orWhere('videos.staff_comments_off', true)
        .orWhere('videos.staff_muted', true),
    ),
  sensitive: (query) =>
    query.where((marked) => marked.where('videos.sensitive', true).orWhere('videos.staff_sensitive', true)),
  waiting: (query) => query.where({ 'videos.state': 'held', 'videos.hold': true }),
};

/** Narrows to what was typed. Captions are looked through from the newest on, and no further than `searchedVideos`. */
function matching(db: Db, q: string) {
  return (query: Knex.QueryBuilder): void => {
    if (/^\d{1,18}$/.test(q)) {
      query.where('videos.id', q);
      return;
    }
    if (q.startsWith('@')) {
      const [name = '', host = ''] = q.slice(1).toLowerCase().split('@');
      const author = db('accounts').where({ username_key: name, domain: host }).select('id');
      query.whereIn('videos.account_id', author);
      return;
    }
    const newest = db('videos').orderBy('id', 'desc').limit(measureLimits.searchedVideos).select('id');
    const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    query
      .whereIn('videos.id', db.from(newest.as('newest')).select('newest.id'))
      .where((text) =>
        text.whereILike('videos.caption', pattern).orWhereILike('videos.caption_html', pattern),
      );
  };
}

interface StaffVideoRow {
  readonly id: VideoId;
  readonly account_id: AccountId;
  readonly state: VideoState;
  readonly visibility: Visibility;
  readonly caption_html: string;
  readonly sensitive: boolean;
  readonly staff_sensitive: boolean;
  readonly staff_comments_off: boolean;
  readonly undiscoverable: boolean;
  readonly staff_muted: boolean;
  readonly local: boolean;
  readonly url: string;
  readonly poster: string | null;
  readonly duration_seconds: number | null;
  readonly created_at: Date;
}

/**
 * Videos for the staff, newest first: those that were posted for everybody. What is for followers or by name, and what nobody has posted
 * yet, the staff sees where somebody reports it.
 */
export function videoList(db: Db) {
  return async (
    { q, standing, origin, accountId, soundId, ids }: VideoSearch,
    page: Page,
  ): Promise<StaffVideo[]> => {
    const query = db('videos')
      .whereIn('videos.state', ['published', 'removed', 'held'])
      .whereIn('videos.visibility', ['public', 'unlisted'])
      .modify(within(page, 'videos.id'));
    if (ids !== undefined) query.whereRaw('videos.id = any(?::bigint[])', [[...ids]]);
    if (q !== undefined && q !== '') query.modify(matching(db, q));
    if (standing !== undefined) query.modify(STANDINGS[standing]);
    if (origin !== undefined) query.where('videos.local', origin === 'local');
    if (accountId !== undefined) query.where('videos.account_id', accountId);
    if (soundId !== undefined) query.where('videos.sound_id', soundId);
    const rows: StaffVideoRow[] = await query
      .select('videos.*')
      .select(
        db.raw(
          `(select key from video_assets where video_assets.video_id = videos.id and role = 'poster' limit 1) as poster`,
        ),
      );
    const found: StaffVideo[] = rows.map((row) => ({
      id: row.id,
      accountId: row.account_id,
      state: row.state,
      visibility: row.visibility,
      captionHtml: row.caption_html,
      sensitive: row.sensitive,
      marks: {
        sensitive: row.staff_sensitive,
        commentsOff: row.staff_comments_off,
        undiscoverable: row.undiscoverable,
        muted: row.staff_muted,
      },
      local: row.local,
      url: row.url,
      posterKey: row.poster,
      durationSeconds: row.duration_seconds,
      createdAt: row.created_at,
    }));
    return page.minId === null ? found : found.reverse();
  };
}
