import type { Knex } from 'knex';
import { compareFingerprints, readFingerprint } from '../../../media/fingerprint.ts';
import { parseMediaKey } from '../../../media/keys.ts';
import { showsTheSame } from '../../../media/phash.ts';
import type { Tx } from '../../db/database.ts';
import type { NewJob } from '../../jobs/enqueue.ts';
import { parseId, type VideoId } from '../../lib/ids.ts';
import type { AssetRole } from './model.ts';

/**
 * Videos that are made of the same file share its objects: each has rows of its own that name the same keys, and
 * an object goes with the last row that names it.
 */

/** What its author chose for one post stays with that post. */
const OWN: readonly AssetRole[] = ['captions'];
const PICTURES: readonly AssetRole[] = ['poster', 'poster-webp'];

/** What is known of the content, whoever posted it. */
const FACTS = [
  ...['chunk_index', 'duration_seconds', 'width', 'height', 'planned_rungs', 'all_rungs_wanted'],
  ...['source_sha256', 'loudness_lufs', 'sound_id', 'sound_heard'],
];

/**
 * Gives a video the objects of another that is ready and was made of the same file, by the SHA-256 of that file in
 * hex. Returns that video's id, or null where there is none. The row of the video must be locked.
 */
export async function shareCopy(tx: Tx, videoId: VideoId, sourceSha256: string): Promise<VideoId | null> {
  const donorId = await donorFor(tx, videoId, (query) => query.where('videos.source_sha256', sourceSha256));
  return donorId === null ? null : shareCopyOf(tx, videoId, donorId);
}

/** Of the length of two videos that may be the same, in seconds. */
const SAME_LENGTH_SECONDS = 0.25;
const CANDIDATES = 50;

/**
 * Gives a copy of a remote video the objects of another that shows the same pictures with the same sound, though
 * its file is another: the same recording, as two servers have encoded it. The smaller of the two stands back.
 * Returns the other's id, or null where there is none. The row of the video must be locked.
 */
export async function shareAlike(
  tx: Tx,
  videoId: VideoId,
  prints: { readonly chromaprint: Buffer | null; readonly phash: Buffer },
): Promise<VideoId | null> {
  const mine = await tx('videos')
    .where({ id: videoId, local: false, silent: false })
    .first('duration_seconds', 'width', 'height');
  if (!mine?.duration_seconds) return null;
  const { duration_seconds: length, width, height } = mine;
  const rows: { id: VideoId; chromaprint: Buffer | null; phash: Buffer | null }[] = await tx('videos')
    .join('video_fingerprints', 'video_fingerprints.video_id', 'videos.id')
    .where({ 'videos.local': false, 'videos.media_state': 'ready' })
    .whereBetween('videos.duration_seconds', [length - SAME_LENGTH_SECONDS, length + SAME_LENGTH_SECONDS])
    .whereNot('videos.id', videoId)
    // It must not lose what it has.
    .where('videos.width', '>=', width)
    .where('videos.height', '>=', height)
    .orderBy('videos.id')
    .limit(CANDIDATES)
    .select('videos.id', 'video_fingerprints.chromaprint', 'video_fingerprints.phash');
  const alike = rows.find((row) => isAlike(prints, row));
  if (!alike) return null;
  const donorId = await donorFor(tx, videoId, (query) => query.where('videos.id', alike.id));
  return donorId === null ? null : shareCopyOf(tx, videoId, donorId);
}

type Prints = { readonly chromaprint: Buffer | null; readonly phash: Buffer | null };

function isAlike(one: Prints, other: Prints): boolean {
  if (!one.phash || !other.phash) return false;
  if (!showsTheSame(readFingerprint(one.phash), readFingerprint(other.phash))) return false;
  if (!one.chromaprint || !other.chromaprint) return one.chromaprint === other.chromaprint;
  const heard = compareFingerprints(readFingerprint(one.chromaprint), readFingerprint(other.chromaprint));
  // A sound too short or too plain to tell apart says nothing.
  return heard.verdict === 'same' || heard.verdict === 'unknown';
}

/**
 * A video that may lend its objects, its row locked against changes until the transaction ends: ready and at rest,
 * with nothing in it that belongs to its author alone. Both must be open to everybody, or a video for followers
 * would be played by what strangers know (security.md P5). One that is being changed is passed over.
 */
async function donorFor(
  tx: Tx,
  videoId: VideoId,
  narrow: (query: Knex.QueryBuilder) => void,
): Promise<VideoId | null> {
  const open = ['public', 'unlisted'];
  const mine = await tx('videos').where({ id: videoId }).whereIn('visibility', open).first('id');
  if (!mine) return null;
  const donor = await tx('videos')
    .where({ 'videos.state': 'published', 'videos.media_state': 'ready', 'videos.media_stage': null })
    // What was made without its sound is that of this video alone.
    .where({ 'videos.silent': false })
    .whereIn('videos.visibility', open)
    .whereNot('videos.id', videoId)
    .whereNotExists((own) =>
      own
        .select('video_assets.key')
        .from('video_assets')
        .whereRaw('video_assets.video_id = videos.id')
        .whereIn('video_assets.role', [...OWN]),
    )
    .modify(narrow)
    .orderBy('videos.id')
    .forShare()
    .skipLocked()
    .first('videos.id');
  return donor?.id ?? null;
}

/**
 * Gives a video the objects of that very other one, as for one that shows the same pictures though its file is
 * another. Both rows must be locked, the other's `for share` at least. Null where the other has none.
 */
export async function shareCopyOf(tx: Tx, videoId: VideoId, donorId: VideoId): Promise<VideoId | null> {
  const hasPoster = await tx('video_assets').where({ video_id: videoId, role: 'poster' }).first('key');
  const left = [...OWN, ...(hasPoster ? PICTURES : [])];
  await tx('video_assets').where({ video_id: videoId }).whereNotIn('role', left).delete();
  const columns = [
    ...['key', 'role', 'rung', 'content_type', 'bytes', 'sha256', 'width', 'height', 'bandwidth', 'codecs'],
    ...['frame_rate', 'language', 'label', 'heard_key'],
  ].join(', ');
  const { rowCount } = await tx.raw<{ rowCount: number }>(
    `insert into video_assets (video_id, ${columns})
     select ?, ${columns} from video_assets where video_id = ? and role <> all(?)
     on conflict do nothing`,
    [videoId, donorId, left],
  );
  if (rowCount === 0) return null;
  await tx.raw(
    `update videos set (${FACTS.join(', ')}) = (select ${FACTS.join(', ')} from videos donor where donor.id = :donorId),
            blurhash = coalesce(videos.blurhash, (select donor.blurhash from videos donor where donor.id = :donorId)),
            thumbhash = coalesce(videos.thumbhash, (select donor.thumbhash from videos donor where donor.id = :donorId)),
            silent = false, media_state = 'ready', media_stage = null, media_percent = 100, media_reason = null, media_detail = null
      where id = :videoId`,
    { videoId, donorId },
  );
  return donorId;
}

/**
 * The jobs that remove what no row names once the rows of a video are gone: one for each video below whose prefix
 * an object of it lies. To be asked before the rows go.
 */
export async function purgesOf(tx: Tx, videoId: VideoId): Promise<NewJob<'media.purge'>[]> {
  const keys: string[] = await tx('video_assets').where({ video_id: videoId }).pluck('key');
  const owners = keys.flatMap((key) => parseId<'video'>(parseMediaKey(key)?.ownerId ?? '') ?? []);
  const row = await tx('videos').where({ id: videoId }).first('media_id');
  const own: VideoId[] = row?.media_id ? [videoId, row.media_id] : [videoId];
  return [...new Set([...own, ...owners])].map((owner) => ({
    name: 'media.purge',
    payload: { videoId: owner },
    key: `purge:${owner}`,
  }));
}
