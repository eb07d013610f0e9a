import { mediaLimits } from '../../../config/media-limits.ts';
import { sniffVideo, type VideoDemuxer } from '../../../media/sniff.ts';
import { contentTypeOf, type ObjectStorage } from '../../../media/storage/storage.ts';
import type { Asset, Video } from '../videos/index.ts';

/** A stored object that goes into an archive. */
export interface MediaFile {
  readonly key: string;
  readonly path: string;
  readonly mediaType: string;
  readonly size: number;
  readonly kind: 'video' | 'poster' | 'captions';
  readonly language: string | null;
}

const TYPES: Readonly<Record<VideoDemuxer, readonly [ending: string, mediaType: string]>> = {
  mov: ['mp4', 'video/mp4'],
  matroska: ['mkv', 'video/matroska'],
  avi: ['avi', 'video/vnd.avi'],
  mpegts: ['ts', 'video/mp2t'],
  gif: ['gif', 'image/gif'],
  ogg: ['ogv', 'video/ogg'],
  flv: ['flv', 'video/x-flv'],
};

/**
 * What an archive holds of a video: the file as it was uploaded where that is kept, the best rendition else, with poster
 * and captions. What the storage has lost is left out.
 */
export async function filesOf(
  storage: Pick<ObjectStorage, 'stat' | 'open'>,
  video: Video,
): Promise<MediaFile[]> {
  const found: MediaFile[] = [];
  const add = async (key: string, about: Omit<MediaFile, 'key' | 'size'>): Promise<boolean> => {
    const stored = await storage.stat(key);
    if (stored) found.push({ key, size: stored.size, ...about });
    return stored !== null;
  };
  const at = (name: string) => `media/${video.id}/${name}`;
  const [ending, mediaType] = (video.originalKey && (await typeOf(storage, video.originalKey))) || [];
  const original =
    video.originalKey !== null &&
    ending !== undefined &&
    mediaType !== undefined &&
    (await add(video.originalKey, {
      ...{ path: at(`original.${ending}`), mediaType, kind: 'video', language: null },
    }));
  const best = bestOf(video.assets);
  if (!original && best) {
    await add(best.key, { path: at('video.mp4'), mediaType: 'video/mp4', kind: 'video', language: null });
  }
  for (const { key, role, language } of video.assets) {
    const type = contentTypeOf(key);
    if (role === 'poster') {
      await add(key, { path: at('poster.jpg'), mediaType: type, kind: 'poster', language: null });
    }
    if (role === 'captions') {
      await add(key, { path: at(`captions-${language}.vtt`), mediaType: type, kind: 'captions', language });
    }
  }
  return found;
}

function bestOf(assets: readonly Asset[]): Asset | undefined {
  const whole = assets.filter(({ role }) => role === 'mp4');
  return whole.sort((a, b) => (b.height ?? 0) - (a.height ?? 0))[0];
}

/** By its first bytes: what it was called is not kept. Null where it is not there. */
async function typeOf(
  storage: Pick<ObjectStorage, 'open' | 'stat'>,
  key: string,
): Promise<readonly [string, string] | null> {
  const stored = await storage.stat(key);
  if (!stored || stored.size === 0) return null;
  const end = Math.min(mediaLimits.sniffBytes, stored.size) - 1;
  const opened = await storage.open(key, { start: 0, end });
  if (!opened) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of opened.stream) chunks.push(chunk);
  const sniffed = sniffVideo(Buffer.concat(chunks));
  return sniffed.ok ? TYPES[sniffed.demuxer] : ['bin', 'application/octet-stream'];
}
