import { join } from 'node:path';
import type { StoredRung } from '../../../media/assemble.ts';
import type { Asset as StoredAsset } from '../../../media/asset.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { HEARD, IS_HEARD } from './media-given-muted.ts';
import { lockVideo, storedRungs } from './media-rows.ts';
import type { MediaJobDeps, MediaRun } from './media-work.ts';
import type { AssetRole } from './model.ts';
import { enqueuePurge } from './purge.ts';

/**
 * Videos whose sound is muted in some countries (ADR 85). Beside each object in which something is heard lies one that is given in its
 * place there: a row of the role `muted` that names it (`heard_key`). So what is given is right whatever else is made of the video
 * meanwhile: what has no such row is withheld there.
 */

/** What is to be done for a video: all that is given where its sound is muted is to be made, or is needed no more; null: nothing. */
export async function regionalWork(conn: Db | Tx, videoId: VideoId): Promise<'make' | 'drop' | null> {
  const { rows } = await conn.raw<{ rows: { wanted: boolean; there: boolean; lacking: boolean }[] }>(
    `select not silent and ${IS_HEARD} and exists (
              select from sound_rules
               where action = 'mute' and countries is not null
                 and (sound_rules.sound_id = videos.sound_id or sound_rules.sound_id in (
                      select carried.sound_id from carried_sounds as carried where carried.video_id = videos.id))) as wanted,
            exists (select from video_assets made where made.video_id = videos.id and made.role = 'muted') as there,
            exists (select from video_assets heard
                     where heard.video_id = videos.id and heard.role = any(:roles)
                       and not exists (select from video_assets made
                                        where made.video_id = videos.id and made.heard_key = heard.key)) as lacking
       from videos where id = :videoId`,
    { videoId, roles: [...HEARD] },
  );
  const [row] = rows;
  if (!row) return null;
  if (row.wanted) return row.lacking ? 'make' : null;
  return row.there ? 'drop' : null;
}

/** Makes what is given where the sound of a video is muted, or removes it. Repeating it changes nothing. */
export async function settleRegional(
  deps: MediaJobDeps,
  videoId: VideoId,
  work: MediaRun,
  run: JobRun,
): Promise<Finish | undefined> {
  const todo = await regionalWork(deps.db, videoId);
  if (todo === 'drop') return (tx) => drop(deps, tx, videoId);
  const [first, ...rest] = todo === 'make' ? await storedRungs(deps.db, videoId) : [];
  if (!first) return;
  const rungs = [first, ...rest] as const;
  const made = await deps.pipeline.resound({
    ...{ videoId, rungs, sound: 'silence', workDir: join(work.dir, 'work'), signal: work.signal },
  });
  run.signal.throwIfAborted();
  if (work.isGone()) return (tx) => enqueuePurge(deps, tx, videoId);
  if (!made.ok) throw new Error(`A video could not be made without its sound: ${made.reason}.`);
  return (tx) => record(deps, tx, videoId, { rungs, assets: made.assets });
}

async function drop(deps: MediaJobDeps, tx: Tx, videoId: VideoId): Promise<Date | null> {
  if (!(await lockVideo(tx, videoId))) return enqueuePurge(deps, tx, videoId);
  const todo = await regionalWork(tx, videoId);
  if (todo === 'drop') await tx('video_assets').where({ video_id: videoId, role: 'muted' }).delete();
  // Somebody may be watching it.
  await enqueuePurge(deps, tx, videoId, 'later');
  return todo === 'make' ? new Date() : null;
}

interface Made {
  readonly rungs: readonly StoredRung[];
  readonly assets: readonly StoredAsset[];
}

async function record(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  { rungs, assets }: Made,
): Promise<Date | null> {
  if (!(await lockVideo(tx, videoId))) return enqueuePurge(deps, tx, videoId);
  const heard: { key: string; role: AssetRole; rung: number | null }[] = await tx('video_assets')
    .where({ video_id: videoId })
    .whereIn('role', [...HEARD])
    .select('key', 'role', 'rung');
  const sizes = heard.filter(({ role }) => role === 'cmaf').map(({ key }) => key);
  const isSame = sizes.length === rungs.length && rungs.every(({ index }) => sizes.includes(index.key));
  // It was decided otherwise, or other sizes were made meanwhile.
  const todo = await regionalWork(tx, videoId);
  if (!isSame || todo !== 'make') {
    await enqueuePurge(deps, tx, videoId);
    return todo === null ? null : new Date();
  }
  await tx('video_assets').where({ video_id: videoId, role: 'muted' }).delete();
  const rows = heard.map(({ key, role, rung }) => {
    const made = assets.find((asset) => asset.role === role && (isOne(role) || asset.rung === rung));
    if (!made) throw new Error(`There is nothing in place of ${key}.`);
    const { contentType, size, sha256 } = made;
    return {
      ...{ video_id: videoId, key: made.key, role: 'muted', rung, heard_key: key },
      ...{ content_type: contentType, bytes: size, sha256 },
    };
  });
  // What was silent before may come out the same, and stands for itself then.
  await tx('video_assets').insert(rows).onConflict(['video_id', 'key']).merge(['heard_key']);
  await enqueuePurge(deps, tx, videoId, 'later');
  return null;
}

/** Whether a video has one such object: the MP4 may be of another size than the one in whose place it is. */
const isOne = (role: AssetRole): boolean => role !== 'cmaf' && role !== 'hls-media';
