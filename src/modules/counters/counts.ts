import { z } from 'zod';
import type { Db } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';

const count = z.number().int();

export const countsSchema = z.object({
  views: count,
  completions: count,
  likes: count,
  comments: count,
  /** Boosts: passed on to followers. */
  reposts: count,
  /** Sent out of the app. */
  shares: count,
  saves: count,
  /** Duets and stitches of it that everybody may see. */
  remixes: count,
});

/** What people here did with a video, so often. */
export type Counts = Readonly<z.output<typeof countsSchema>>;

export const NO_COUNTS: Counts = {
  ...{ views: 0, completions: 0, likes: 0, comments: 0, reposts: 0, shares: 0, saves: 0, remixes: 0 },
};

/** The counts of these videos, as PostgreSQL has them; those nobody touched yet have zeros. */
export async function countsOf(db: Db, ids: readonly VideoId[]): Promise<Map<VideoId, Counts>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: (Record<keyof Counts, string | null> & { id: VideoId })[] }>(
    `select asked.id, views, completions, likes, comments, shares as reposts, outward_shares as shares, saves, remixes
       from unnest(?::bigint[]) as asked (id)
       left join video_views on video_views.video_id = asked.id
       left join video_stats on video_stats.video_id = asked.id`,
    [[...ids]],
  );
  return new Map(
    rows.map(({ id, ...row }) => [
      id,
      {
        ...{ views: Number(row.views ?? 0), completions: Number(row.completions ?? 0) },
        ...{ likes: Number(row.likes ?? 0), comments: Number(row.comments ?? 0) },
        ...{
          reposts: Number(row.reposts ?? 0),
          shares: Number(row.shares ?? 0),
          saves: Number(row.saves ?? 0),
          remixes: Number(row.remixes ?? 0),
        },
      },
    ]),
  );
}
