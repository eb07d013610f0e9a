import { nameOfLanguage } from '../../../lib/language.ts';
import type { Asset, Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import type { ProcessingEntity } from '../schemas.ts';
import type { MediaEntity } from './schemas.ts';

/** What people choose captions by that nobody has written. */
function automaticLabel(language: string): string {
  return language === 'und' ? 'Automatic' : `${nameOfLanguage(language)} (automatic)`;
}

/** The video of a post as an attachment. */
export function mediaEntityOf(deps: Pick<HttpDeps, 'videos'>, video: Video, proxied = false): MediaEntity {
  const urlOf = (role: Asset['role']): string | null => {
    const asset = video.assets.find((candidate) => candidate.role === role);
    return asset ? deps.videos.objectUrl(asset.key, video) : null;
  };
  return {
    id: video.id,
    type: 'video',
    url: urlOf('mp4') ?? urlOf('copy') ?? (proxied ? deps.videos.proxyUrl(video) : null),
    preview_url: urlOf('poster'),
    remote_url: video.sourceUrl,
    description: video.altText,
    blurhash: video.blurhash,
    thumbhash: video.thumbhash,
    preview_webp_url: urlOf('poster-webp'),
    teaser_url: urlOf('preview'),
    storyboard_url: urlOf('storyboard-vtt'),
    captions: video.assets
      .filter(({ role }) => role === 'captions')
      .map(({ key, language, label, automatic }) => ({
        url: deps.videos.objectUrl(key, video),
        language: language ?? 'und',
        label: label ?? (automatic ? automaticLabel(language ?? 'und') : (language ?? '')),
        automatic,
      })),
    preview_remote_url: video.sourcePosterUrl,
    text_url: null,
    meta: metaOf(video),
    hls_url: urlOf('hls-master'),
    dash_url: urlOf('dash'),
    chunks_url: urlOf('chunks'),
    renditions: video.assets
      .filter((asset) => asset.role === 'cmaf')
      .map((asset) => ({
        url: deps.videos.objectUrl(asset.key, video),
        width: asset.width ?? 0,
        height: asset.height ?? 0,
        bandwidth: asset.bandwidth ?? 0,
        codecs: asset.codecs ?? '',
      }))
      .sort((a, b) => a.bandwidth - b.bandwidth),
    processing: proxied ? null : processingOf(video),
  };
}

function metaOf(video: Video): MediaEntity['meta'] {
  const { width, height, durationSeconds: duration, focus } = video;
  const find = (role: Asset['role']) => video.assets.find((asset) => asset.role === role);
  const [mp4, poster] = [find('mp4'), find('poster')];
  const frameRate = find('cmaf')?.frameRate ?? null;
  return {
    ...(duration === null ? {} : { length: clockTime(duration) }),
    original: {
      width,
      height,
      ...(width && height ? { size: `${width}x${height}` } : {}),
      duration,
      aspect: width && height ? width / height : null,
      ...(frameRate === null ? {} : { frame_rate: fraction(frameRate) }),
      ...(mp4 && duration ? { bitrate: Math.round((mp4.bytes * 8) / duration) } : {}),
    },
    ...(poster?.width && poster.height
      ? {
          small: {
            ...{ width: poster.width, height: poster.height, size: `${poster.width}x${poster.height}` },
            aspect: poster.width / poster.height,
          },
        }
      : {}),
    ...(focus ? { focus } : {}),
  };
}

/** As `0:01:05.25`. */
function clockTime(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const [s, m, h] = [
    (hundredths % 6_000) / 100,
    Math.floor(hundredths / 6_000) % 60,
    Math.floor(hundredths / 360_000),
  ];
  return `${h}:${String(m).padStart(2, '0')}:${s.toFixed(2).padStart(5, '0')}`;
}

/** A rate as a fraction, those of NTSC by their name. */
function fraction(rate: number): string {
  const whole = Math.round(rate);
  if (Math.abs(rate - whole) < 0.005) return `${whole}/1`;
  return Math.abs(rate - (whole * 1_000) / 1_001) < 0.005
    ? `${whole * 1_000}/1001`
    : `${Math.round(rate * 1_000)}/1000`;
}

export function isPlayable({ assets }: Video): boolean {
  return assets.some(({ role }) => role === 'mp4' || role === 'copy');
}

function processingOf(video: Video): MediaEntity['processing'] {
  const { state, percent, reason, detail } = video.media;
  if (state === 'ready' || isPlayable(video)) return null;
  if (state === 'failed') return { state: 'failed', percent: 0, detail };
  // What is done about it has changed: who opens it finds out.
  if (state === 'none' && reason === 'proxied') return { state: 'on-demand', percent: 0, detail: null };
  if (state === 'none') {
    const usual = 'This server does not copy videos of the server that holds this one.';
    const isUsual = reason === null || reason === 'not-copied-here';
    return { state: 'elsewhere', percent: 0, detail: isUsual ? usual : detail };
  }
  if (video.local) return { state: 'making', percent, detail: null };
  // Nobody asked for it so far, or it had to make room.
  if (state === 'waiting' && reason !== null) return { state: 'on-demand', percent: 0, detail: null };
  return { state: 'copying', percent, detail: null };
}

function rungsOf({ assets }: Video): number[] {
  const rungs = assets.flatMap(({ role, rung }) => (role === 'cmaf' && rung !== null ? [rung] : []));
  return [...new Set(rungs)].sort((a, b) => b - a);
}

/** How far an upload has come, for its author. */
export function processingEntityOf(video: Video): ProcessingEntity {
  const working = video.state === 'received' && video.media.state === 'working';
  const isSettled = video.media.state !== 'waiting' && video.media.state !== 'working';
  const isOut = ['published', 'draft', 'held'].includes(video.state);
  const isDone = ['rejected', 'removed'].includes(video.state) || (isOut && isSettled);
  return {
    id: video.id,
    state: working ? 'processing' : video.state,
    stage: video.media.stage,
    percent: isDone && isOut ? 100 : video.media.percent,
    playable: isPlayable(video),
    done: isDone,
    sizes: { made: rungsOf(video), planned: [...video.plannedRungs] },
    reason: video.media.reason,
    detail: video.media.detail,
    status_url: `/api/v1/statuses/${video.id}`,
    url: video.url,
  };
}
