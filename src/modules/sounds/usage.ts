import { soundLimits } from '../../../config/sound-limits.ts';
import type { Db } from '../../db/database.ts';
import { type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';

/** Whose use is told: of one sound, or of all; for the staff, or for the author of the sounds. */
export interface UsageAsked {
  readonly soundId: SoundId | null;
  /** Only sounds that this one posted first, and only what is for everybody, as they may see it; null: for the staff. */
  readonly authorId: AccountId | null;
  /** First and last day of the plays, UTC, as `2026-11-27`; null: from the first on, to today. */
  readonly from: string | null;
  readonly to: string | null;
}

export const usageHeader = [
  ...['date', 'sound', 'sound_title', 'video', 'author', 'origin', 'seconds', 'plays'],
  ...['licence', 'rights_holder', 'isrc', 'source'],
] as const;

type Row = readonly (string | number | null)[];

interface UsageRow {
  readonly id: VideoId;
  readonly published_at: Date | null;
  readonly url: string;
  readonly local: boolean;
  readonly duration_seconds: number | null;
  readonly sound_id: SoundId;
  readonly title: string;
  readonly username: string;
  readonly domain: string;
  readonly plays: string;
  readonly licence: string | null;
  readonly holder: string | null;
  readonly isrc: string | null;
  readonly source_url: string | null;
}

/**
 * Who used which sound, and how often that was played: a row for each video, oldest first, read in portions. Videos that were posted
 * after the period are left out, and earlier ones that nobody has played in it.
 */
export function soundUsage({
  db,
  unlistedDomains,
  host,
}: {
  readonly db: Db;
  readonly unlistedDomains: UnlistedDomains;
  /** Of handles of this server. */
  readonly host: string;
}) {
  async function portion(asked: UsageAsked, after: string): Promise<UsageRow[]> {
    const { soundId, authorId, from, to } = asked;
    const period = { from: from ?? '-infinity', to: to ?? 'infinity' };
    const query = db('videos')
      .join('sounds', 'sounds.id', 'videos.sound_id')
      .join('accounts', 'accounts.id', 'videos.account_id')
      .leftJoin('sound_rights', (said) =>
        said.on('sound_rights.sound_id', 'sounds.id').andOnVal('sounds.is_open', true),
      )
      .joinRaw(
        `cross join lateral (
           select coalesce(sum(views), 0) as plays from (
             select day, views from video_view_days where video_id = videos.id
             union all select day, views from remote_views where video_id = videos.id) as viewed
            where day between cast(:from as date) and cast(:to as date)) as played`,
        period,
      )
      .where('videos.state', 'published')
      .where('videos.id', '>', after)
      .where((told) =>
        told
          .whereRaw('videos.published_at >= cast(:from as date)', { from: period.from })
          .orWhere('played.plays', '>', 0),
      )
      .orderBy('videos.id')
      .limit(soundLimits.usageAtOnce)
      .select('videos.id', 'videos.published_at', 'videos.url', 'videos.local', 'videos.duration_seconds')
      .select('sounds.id as sound_id', 'accounts.username', 'accounts.domain', 'played.plays')
      .select('sound_rights.licence', 'sound_rights.holder', 'sound_rights.isrc', 'sound_rights.source_url')
      .select(db.raw(`case when sounds.is_open then sounds.title else '' end as title`));
    if (to !== null) query.whereRaw('videos.published_at < cast(? as date) + 1', [to]);
    if (soundId !== null) query.where('videos.sound_id', soundId);
    if (authorId === null) query.whereIn('videos.visibility', ['public', 'unlisted']);
    else {
      query
        .where({ 'sounds.author_id': authorId, 'videos.visibility': 'public' })
        .modify(visibleTo(authorId, unlistedDomains));
    }
    return query;
  }

  return async function* usage(asked: UsageAsked): AsyncGenerator<Row> {
    for (let after = '0'; ; ) {
      const rows = await portion(asked, after);
      for (const row of rows) {
        yield [
          ...[row.published_at?.toISOString() ?? null, row.sound_id, row.title, row.url],
          ...[`${row.username}@${row.domain || host}`, row.local ? 'local' : 'remote'],
          ...[row.duration_seconds, Number(row.plays)],
          ...[row.licence, row.holder, row.isrc, row.source_url],
        ];
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < soundLimits.usageAtOnce) return;
      after = last.id;
    }
  };
}
