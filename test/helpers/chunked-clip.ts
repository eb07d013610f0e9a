import { join } from 'node:path';
import type { Asset, AssetRole } from '../../media/asset.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Media } from '../../web/src/api/types.ts';
import { clip } from './media-samples.ts';

/** The shape and the length of such a clip: large enough for three sizes, long enough for several groups of pictures. */
export const chunkedSeconds = 9;
const SIZE = '720x1280';

/** Makes a clip in pieces by the real pipeline, with storyboard; `root` is the folder that holds `media`. */
export async function makeChunkedClip(root: string, videoId: string): Promise<Media> {
  const log = createLogger('silent');
  const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });
  const storage = createFileStorage({ root });
  const pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
  const sourcePath = await clip(root, `${videoId}-source.mp4`, {
    seconds: chunkedSeconds,
    size: SIZE,
    rate: 30,
  });
  const job = { videoId, sourcePath, workDir: join(root, 'work') };
  const limits = { maxDurationSeconds: 60, maxBytes: 50 * 1024 * 1024 };
  const made = await pipeline.processVideo({ ...job, limits });
  if (!made.ok) throw new Error(made.detail);
  const { durationSeconds, width, height } = made.facts;
  const smallest = made.assets.filter(({ role }) => role === 'cmaf').at(-1);
  const extras = await pipeline.processExtras({
    ...{ ...job, sourcePath: join(root, smallest?.key ?? ''), hasAudio: true, durationSeconds },
    ...{ width: smallest?.width ?? 0, height: smallest?.height ?? 0 },
  });
  if (!extras.ok) throw new Error(extras.detail);
  return describe(videoId, [...made.assets, ...extras.assets], { duration: durationSeconds, width, height });
}

/** As the API tells of it. */
function describe(
  id: string,
  assets: readonly Asset[],
  facts: { duration: number; width: number; height: number },
): Media {
  const urlOf = (role: AssetRole) => {
    const asset = assets.find((one) => one.role === role);
    return asset ? `/${asset.key}` : null;
  };
  return {
    ...{ id, type: 'video', url: urlOf('mp4'), preview_url: urlOf('poster'), preview_remote_url: null },
    ...{ text_url: null, remote_url: null, description: 'A test picture', blurhash: null, thumbhash: null },
    ...{ preview_webp_url: null, teaser_url: null, storyboard_url: urlOf('storyboard-vtt'), captions: [] },
    ...{ dash_url: urlOf('dash'), chunks_url: urlOf('chunks'), hls_url: urlOf('hls-master') },
    meta: { original: { ...facts, aspect: facts.width / facts.height } },
    renditions: assets
      .filter(({ role }) => role === 'cmaf')
      .map(({ key, width = 0, height = 0, bandwidth = 0, codecs = '' }) => ({
        ...{ url: `/${key}`, width, height, bandwidth, codecs },
      }))
      .sort((a, b) => a.bandwidth - b.bandwidth),
    processing: null,
  };
}
