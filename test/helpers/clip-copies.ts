import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Asset } from '../../media/asset.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import { createTurns } from '../../media/turns.ts';
import type { Context } from '../../src/context.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createVideoFactory, type VideoFacts } from './factories.ts';
import { clip } from './media-samples.ts';

/** How long each of the clips is. */
export const copiedSeconds = 6;

/** What is said of a clip besides what the factory knows: columns of its row. */
export interface CopyFacts extends VideoFacts {
  readonly tags?: readonly string[];
  readonly row?: Readonly<Record<string, unknown>>;
}

/**
 * Makes one clip by the real pipeline, with sizes in pieces, poster, preview and storyboard, and then as many clips of it as are
 * wanted, each with an id and files of its own.
 */
export async function createClipCopies(context: Context) {
  const { db, storage } = context;
  const { video } = createVideoFactory(context);
  const directory = await mkdtemp(join(tmpdir(), 'vireo-clip-'));
  const made = await makeClip(context, directory).finally(() => rm(directory, { recursive: true }));

  return async function copy(account: Account, { tags = [], row = {}, ...facts }: CopyFacts = {}) {
    const id: VideoId = await video(account, { ...facts, assets: [] });
    const keyOf = ({ key }: Asset) => key.replace(made.id, id);
    for (const asset of made.assets) {
      const bytes = made.bytes.get(asset.key);
      if (bytes) await storage.putBytes(keyOf(asset), bytes, { contentType: asset.contentType });
    }
    await db('video_assets').insert(made.assets.map((asset) => rowOf(asset, id, keyOf(asset))));
    await db('videos')
      .where({ id })
      .update({ ...made.facts, ...row });
    if (tags.length > 0) await db('video_tags').insert(tags.map((tag) => ({ tag, video_id: id })));
    return id;
  };
}

async function makeClip({ ids, storage }: Context, directory: string) {
  const log = createLogger('silent');
  const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });
  const pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
  const id = ids.next<'video'>();
  const sourcePath = await clip(directory, 'clip.mp4', { seconds: copiedSeconds, size: '360x640' });
  const job = { videoId: id, sourcePath, workDir: join(directory, 'work') };
  const video = await pipeline.processVideo({
    ...job,
    limits: { maxDurationSeconds: 60, maxBytes: 2 ** 26 },
  });
  if (!video.ok) throw new Error(video.detail);
  const { durationSeconds, width, height, hasAudio } = video.facts;
  const extras = await pipeline.processExtras({ ...job, durationSeconds, width, height, hasAudio });
  if (!extras.ok) throw new Error(extras.detail);
  const assets = [...video.assets, ...extras.assets];
  const bytes = new Map<string, Buffer>();
  for (const { key } of assets) {
    const found = await storage.open(key);
    if (found) bytes.set(key, await buffer(found.stream));
  }
  const facts = {
    width,
    height,
    duration_seconds: durationSeconds,
    blurhash: video.hashes?.blurhash ?? null,
  };
  return { id, assets, bytes, facts };
}

function rowOf(asset: Asset, videoId: VideoId, key: string) {
  const { role, rung = null, contentType, size, sha256, width = null, height = null } = asset;
  const { bandwidth = null, codecs = null, frameRate = null } = asset;
  return {
    ...{ key, video_id: videoId, role, rung, content_type: contentType, bytes: size, sha256, width, height },
    ...{ bandwidth, codecs, frame_rate: frameRate },
  };
}
