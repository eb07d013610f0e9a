import type { Knex } from 'knex';
import { isMediaKey } from '../../../media/keys.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import { wantAllRungs } from './media-upkeep.ts';
import type { MediaJobDeps } from './media-work.ts';
import { onOpened, type RemoteModeDeps } from './remote-modes.ts';

type Deps = RemoteModeDeps & Pick<MediaJobDeps, 'clock' | 'enqueue' | 'lazyRungs' | 'log'>;

/** Narrows a query over `videos` to those that do not spread fast now: only their files may be put away. */
export function notViral(from: Db | Tx) {
  return (query: Knex.QueryBuilder): void => {
    query.whereRaw('videos.id not in (?)', [
      from('viral_videos').where('until', '>', from.fn.now()).select('video_id'),
    ] as never);
  };
}

/**
 * These videos spread fast: until a moment, copies of those of other servers are not evicted, and no files are put into the cheaper
 * store. Where it begins, what lies there already is brought back, all sizes are made, and a copy that is gone is fetched again. Told
 * again it only lasts longer. Returns those that are new.
 */
export async function keepAtHand(
  deps: Deps,
  tx: Tx,
  videoIds: readonly VideoId[],
  until: Date,
): Promise<VideoId[]> {
  const now = new Date(deps.clock.now());
  await tx('viral_videos').where('until', '<=', now).delete();
  if (videoIds.length === 0) return [];
  const known = new Set<VideoId>(
    await tx('viral_videos')
      .whereRaw('video_id = any(?::bigint[])', [[...videoIds]])
      .pluck('video_id'),
  );
  const rows: { id: VideoId; local: boolean; cold_since: Date | null }[] = await tx('videos')
    .whereRaw('id = any(?::bigint[])', [[...videoIds]])
    .where({ state: 'published' })
    .orderBy('id')
    .forKeyShare()
    .select('id', 'local', 'cold_since');
  if (rows.length === 0) return [];
  await tx('viral_videos')
    .insert(rows.map(({ id }) => ({ video_id: id, since: now, until })))
    .onConflict('video_id')
    .merge(['until']);
  const fresh = rows.filter(({ id }) => !known.has(id));
  for (const { id, local, cold_since } of fresh) {
    if (cold_since !== null) await warmAll(deps, tx, id);
    if (local) await wantAllRungs(deps, tx, id);
    else await onOpened(deps, tx, id);
  }
  return fresh.map(({ id }) => id);
}

/** Asks for what a video is played from, out of the cheaper store. */
async function warmAll({ enqueue }: Deps, tx: Tx, videoId: VideoId): Promise<void> {
  const keys: string[] = await tx('video_assets')
    .where({ video_id: videoId })
    .whereRaw(`content_type ~ '^(video|audio)/'`)
    .orderBy('key')
    .pluck('key');
  await enqueue(
    tx,
    keys
      .filter(isMediaKey)
      .map((key) => ({ name: 'media.warm' as const, payload: { key }, key: `warm:${key}` })),
  );
}
