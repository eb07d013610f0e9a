import { soundLimits } from '../../../config/sound-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { SoundId, VideoId } from '../../lib/ids.ts';

/**
 * A duet or a stitch may have the sound of its original in it, mixed with its own or for some seconds, where a fingerprint finds neither. That it was made so is
 * known: `carried_sounds` has those sounds. The database adds them when a remix is linked to its original; what an original gets later is handed on by a job.
 */

/** Narrows a query over `videos` to those with a sound: their own, or one that they carry. */
export function withSound(conn: Db | Tx, soundId: SoundId) {
  return conn('videos')
    .select('id')
    .where({ sound_id: soundId })
    .union((carriers) =>
      carriers.select('video_id as id').from('carried_sounds').where({ sound_id: soundId }),
    );
}

/** The next portion of the videos with a sound, in the order of their ids. */
export async function nextWithSound(db: Db, soundId: SoundId, after: string): Promise<VideoId[]> {
  const { rows } = await db.raw<{ rows: { id: VideoId }[] }>(
    `(select id from videos where sound_id = :soundId and id > :after order by id limit :limit)
     union
     (select video_id from carried_sounds where sound_id = :soundId and video_id > :after order by video_id limit :limit)
     order by id limit :limit`,
    { soundId, after, limit: soundLimits.settledAtOnce },
  );
  return rows.map(({ id }) => id);
}

/** All sounds of a video: its own first. */
export async function soundsOf(conn: Db | Tx, videoId: VideoId): Promise<SoundId[]> {
  const { rows } = await conn.raw<{ rows: { sound_id: SoundId }[] }>(
    `select sound_id from videos where id = :videoId and sound_id is not null
     union all
     select carried.sound_id from carried_sounds as carried join videos on videos.id = carried.video_id
      where videos.id = :videoId and carried.sound_id is distinct from videos.sound_id`,
    { videoId },
  );
  return rows.map(({ sound_id: soundId }) => soundId);
}

const carryJob = (videoId: VideoId) =>
  ({ name: 'sounds.carry', payload: { videoId }, key: `sounds.carry:${videoId}` }) as const;

/** Has what is decided about its sounds be done to a remix, and to what was made from it in turn. */
export const carrySoon = (enqueue: Enqueue, tx: Tx, videoIds: readonly VideoId[]) =>
  enqueue(tx, videoIds.map(carryJob));

/** The same for what was made from a video that has another sound now, where anything was. */
export async function handOn(enqueue: Enqueue, tx: Tx, videoId: VideoId): Promise<void> {
  const remix = await tx('videos').where({ remix_of_id: videoId, carries_sound: true }).first('id');
  if (remix) await carrySoon(enqueue, tx, [videoId]);
}

interface CarryDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  /** Mutes a video where one of its sounds says so. */
  readonly judge: (tx: Tx, videoId: VideoId) => Promise<unknown>;
}

/**
 * The job `sounds.carry`: what was made from a video carries its sounds, and is judged by them; what was made from that follows by a job of its own. In short
 * transactions: can be cut off anywhere, and run again.
 */
export async function carry(
  { db, inTx, enqueue, judge }: CarryDeps,
  videoId: VideoId,
  { signal }: Pick<JobRun, 'signal'>,
): Promise<undefined> {
  await inTx((tx) => judge(tx, videoId));
  for (let after = '0'; ; ) {
    signal.throwIfAborted();
    const ids: VideoId[] = await db('videos')
      .where({ remix_of_id: videoId, carries_sound: true })
      .where('id', '>', after)
      .orderBy('id')
      .limit(soundLimits.settledAtOnce)
      .pluck('id');
    await inTx(async (tx) => {
      for (const id of await takeOver(tx, videoId, ids)) await handOn(enqueue, tx, id);
    });
    for (const id of ids) await inTx((tx) => judge(tx, id));
    const last = ids.at(-1);
    if (last === undefined) return undefined;
    after = last;
  }
}

/** Gives these remixes the sounds of what they were made from. Returns those that had not all of them. */
async function takeOver(tx: Tx, videoId: VideoId, remixIds: readonly VideoId[]): Promise<Set<VideoId>> {
  const { rows } = await tx.raw<{ rows: { video_id: VideoId }[] }>(
    `insert into carried_sounds (video_id, sound_id)
     select remix.id, sounds.sound_id
       from videos as remix
       cross join (select sound_id from videos where id = :videoId and sound_id is not null
                   union select sound_id from carried_sounds where video_id = :videoId) as sounds
      where remix.id = any(:remixIds::bigint[]) and remix.remix_of_id = :videoId and remix.carries_sound
     on conflict do nothing returning video_id`,
    { videoId, remixIds: [...remixIds] },
  );
  return new Set(rows.map((row) => row.video_id));
}
