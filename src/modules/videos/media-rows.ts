import type { PosterHashes, StoredRung } from '../../../media/assemble.ts';
import type { Asset as StoredAsset } from '../../../media/asset.ts';
import type { EditList } from '../../../media/edit-list.ts';
import type { ChunkIndex } from '../../../media/package.ts';
import type { Made, VideoFacts } from '../../../media/pipeline-jobs.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Failure } from '../../lib/result.ts';
import type { AssetRole, AssetRow, MediaState, VideoState } from './model.ts';

export function failedColumns({ reason, detail }: Failure) {
  return { media_state: 'failed', media_stage: null, media_reason: reason, media_detail: detail ?? null };
}

interface LockedVideo {
  readonly state: VideoState;
  readonly media_state: MediaState;
  readonly unannounced: boolean;
  readonly local: boolean;
  readonly hold: boolean;
  readonly awaits_consent: boolean;
  readonly staff_muted: boolean;
  readonly silent: boolean;
}

/** Undefined when the video was deleted meanwhile. The lock keeps a deletion from slipping in between. */
export async function lockVideo(tx: Tx, videoId: VideoId): Promise<LockedVideo | undefined> {
  return tx('videos')
    .where({ id: videoId })
    .forUpdate()
    .first(
      ...(['state', 'media_state', 'unannounced', 'local', 'hold'] as const),
      ...(['awaits_consent', 'staff_muted', 'silent'] as const),
    );
}

/** Names objects of a video. Those that are named already stay as they are. */
export async function insertAssets(
  tx: Tx,
  videoId: VideoId,
  assets: readonly (StoredAsset & {
    readonly language?: string;
    readonly label?: string;
    readonly automatic?: boolean;
  })[],
): Promise<void> {
  if (assets.length === 0) return;
  await tx('video_assets')
    .insert(
      assets.map((asset) => ({
        key: asset.key,
        video_id: videoId,
        role: asset.role,
        rung: asset.rung ?? null,
        content_type: asset.contentType,
        bytes: asset.size,
        sha256: asset.sha256,
        width: asset.width ?? null,
        height: asset.height ?? null,
        bandwidth: asset.bandwidth ?? null,
        codecs: asset.codecs ?? null,
        frame_rate: asset.frameRate ?? null,
        language: asset.language ?? null,
        label: asset.label ?? null,
        automatic: asset.automatic ?? false,
      })),
    )
    .onConflict(['video_id', 'key'])
    .ignore();
}

/** Roles of which a video has one object, so that a new one takes the place of the old. */
const single: readonly AssetRole[] = [
  ...(['mp4', 'hls-master', 'dash', 'chunks', 'poster', 'poster-webp'] as const),
  ...(['preview', 'storyboard', 'storyboard-vtt'] as const),
];

/** Names objects of a video in place of those of the same role and size. Its row must be locked. */
export async function putAssets(tx: Tx, videoId: VideoId, assets: readonly StoredAsset[]): Promise<void> {
  const roles = single.filter((role) => assets.some((asset) => asset.role === role));
  const mine = tx('video_assets').where({ video_id: videoId });
  await mine.clone().whereIn('role', roles).delete();
  for (const { role, rung } of assets) {
    if (rung !== undefined && !roles.includes(role)) await mine.clone().where({ role, rung }).delete();
  }
  await insertAssets(tx, videoId, assets);
}

/** Removes what is played only until there is anything better. */
export async function dropCopy(tx: Tx, videoId: VideoId): Promise<void> {
  await tx('video_assets').where({ video_id: videoId, role: 'copy' }).delete();
}

/** What the row of a video tells of the media made of it. */
export function factColumns(facts: VideoFacts, hashes: PosterHashes | null) {
  const { loudness } = facts;
  return {
    media_reason: null,
    media_detail: null,
    duration_seconds: facts.durationSeconds,
    width: facts.width,
    height: facts.height,
    planned_rungs: facts.plannedRungs,
    ...(hashes ?? {}),
    ...(loudness && { loudness_lufs: loudness.integratedLufs, true_peak_db: loudness.truePeakDb }),
  };
}

/** What an author chose for the poster: a frame, or a picture that is stored as `key`. Both null: nothing. */
export interface PosterChoice {
  readonly seconds: number | null;
  readonly key: string | null;
}

export async function posterChoice(db: Db | Tx, videoId: VideoId): Promise<PosterChoice> {
  const row = await db('videos').where({ id: videoId }).first('poster_seconds', 'poster_key');
  return { seconds: row?.poster_seconds ?? null, key: row?.poster_key ?? null };
}

/** What the author of an upload keeps of it; null: all of it. */
export async function editListOf(db: Db | Tx, videoId: VideoId): Promise<EditList | null> {
  const row = await db('videos').where({ id: videoId }).first('edit_list');
  return row?.edit_list ?? null;
}

const POSTER_ROLES: readonly AssetRole[] = ['poster', 'poster-webp'];

/** Whether the poster of a video is a picture of its author, which no frame may replace. */
async function hasOwnPoster(tx: Tx, videoId: VideoId): Promise<boolean> {
  const { key } = await posterChoice(tx, videoId);
  if (key === null) return false;
  return (await tx('video_assets').where({ video_id: videoId, role: 'poster' }).first('key')) !== undefined;
}

/**
 * Names what one step has made, beside what is there or, with `replaces`, in place of all of it.
 * Where other servers know the video (`isKnown`), the MP4 that they were given stays.
 */
export async function recordMade(
  tx: Tx,
  videoId: VideoId,
  made: Made,
  { replaces = false, isKnown = false }: { readonly replaces?: boolean; readonly isKnown?: boolean } = {},
): Promise<void> {
  const kept = (await hasOwnPoster(tx, videoId)) ? POSTER_ROLES : [];
  if (replaces) {
    const mine = tx('video_assets').where({ video_id: videoId });
    const mp4 = made.assets.find(({ role }) => role === 'mp4');
    if (isKnown)
      await mine
        .clone()
        .where({ role: 'mp4' })
        .whereNot({ key: mp4?.key ?? '' })
        .update({ role: 'mp4-former' });
    await mine
      .clone()
      .whereNotIn('role', ['captions', 'mp4-former', ...kept])
      .delete();
  }
  await putAssets(
    tx,
    videoId,
    made.assets.filter(({ role }) => !kept.includes(role)),
  );
  const hashes = kept.length > 0 ? null : made.hashes;
  await tx('videos')
    .where({ id: videoId })
    .update({
      silent: false,
      chunk_index: JSON.stringify(made.chunkIndex),
      ...factColumns(made.facts, hashes),
    });
}

/** The sizes of a video as they were recorded: what a later step builds on. */
export async function storedRungs(db: Db, videoId: VideoId): Promise<StoredRung[]> {
  const row: { chunk_index: ChunkIndex | null } | undefined = await db('videos')
    .where({ id: videoId })
    .first('chunk_index');
  const assets: AssetRow[] = await db('video_assets')
    .where({ video_id: videoId })
    .whereIn('role', ['cmaf', 'hls-media']);
  return (row?.chunk_index?.rungs ?? []).flatMap((index) => {
    const file = assets.find(({ key }) => key === index.key);
    const playlist = assets.find(({ role, rung }) => role === 'hls-media' && rung === index.rung);
    if (!file || !playlist) return [];
    const { bandwidth, frame_rate, bytes } = file;
    const facts = { frameRate: frame_rate ?? 30, peakBandwidth: bandwidth ?? index.bandwidth };
    return [{ index, ...facts, playlistKey: playlist.key, size: Number(bytes) }];
  });
}
