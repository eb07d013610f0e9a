import { noteInTx } from '../../db/committed.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';

/** How often a video was liked, commented on, shared and saved. Counted in the transaction of each. */
export interface Stats {
  readonly likes: number;
  readonly comments: number;
  readonly shares: number;
  readonly saves: number;
}

/** What a transaction notes where it changes the counts of a video, whose id is told. */
export const COUNTS_CHANGED = 'counts.changed';

const NONE: Stats = { likes: 0, comments: 0, shares: 0, saves: 0 };

/** Adds to the counts of a video, or takes from them. */
export async function addToStats(tx: Tx, videoId: VideoId, change: Partial<Stats>): Promise<void> {
  const { likes, comments, shares, saves } = { ...NONE, ...change };
  // A video that is just being deleted takes its counts along.
  await tx.raw(
    `insert into video_stats as s (video_id, likes, comments, shares, saves)
     select id, ?, ?, ?, ? from videos where id = ?
     on conflict (video_id) do update set
       likes = s.likes + excluded.likes,
       comments = s.comments + excluded.comments,
       shares = s.shares + excluded.shares,
       saves = s.saves + excluded.saves`,
    [likes, comments, shares, saves, videoId],
  );
  noteInTx(tx, { name: COUNTS_CHANGED, payload: videoId });
}

/** The counts of these videos; those nobody touched yet have zeros. */
export async function statsOf(db: Db, videoIds: readonly VideoId[]): Promise<Map<VideoId, Stats>> {
  const rows: (Stats & { video_id: VideoId })[] = await db('video_stats')
    .whereRaw('video_id = any(?)', [[...videoIds]])
    .select('video_id', 'likes', 'comments', 'shares', 'saves');
  const known = new Map(rows.map(({ video_id, ...stats }) => [video_id, stats]));
  return new Map(videoIds.map((id) => [id, known.get(id) ?? NONE]));
}
