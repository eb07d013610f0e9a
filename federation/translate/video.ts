import { hashtagsOf } from '../../src/lib/html/from-text.ts';
import { nameOfLanguage } from '../../src/lib/language.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Asset, Video } from '../../src/modules/videos/index.ts';
import { digestMultibase } from './multihash.ts';
import type { NoteDeps } from './note.ts';
import type { Outgoing } from './outgoing.ts';
import { AS_PUBLIC, type JsonObject } from './read.ts';
import { markdownOf, titleOf } from './video-text.ts';

const pt = (name: string, type: string) => ({ '@id': `pt:${name}`, '@type': type });
const id = (name: string) => ({ '@id': `as:${name}`, '@type': '@id' });

const VIDEO_CONTEXT = [
  'https://www.w3.org/ns/activitystreams',
  {
    pt: 'https://joinpeertube.org/ns#',
    sc: 'http://schema.org/',
    Hashtag: 'as:Hashtag',
    sensitive: 'as:sensitive',
    language: 'sc:inLanguage',
    identifier: 'sc:identifier',
    isLiveBroadcast: 'sc:isLiveBroadcast',
    subtitleLanguage: 'sc:subtitleLanguage',
    automaticallyGenerated: pt('automaticallyGenerated', 'sc:Boolean'),
    uuid: pt('uuid', 'sc:identifier'),
    views: pt('views', 'sc:Number'),
    state: pt('state', 'sc:Number'),
    size: pt('size', 'sc:Number'),
    fps: pt('fps', 'sc:Number'),
    digestMultibase: {
      '@id': 'https://w3id.org/security#digestMultibase',
      '@type': 'https://w3id.org/security#multibase',
    },
    aspectRatio: pt('aspectRatio', 'sc:Float'),
    commentsEnabled: pt('commentsEnabled', 'sc:Boolean'),
    commentsPolicy: pt('commentsPolicy', 'sc:Number'),
    downloadEnabled: pt('downloadEnabled', 'sc:Boolean'),
    waitTranscoding: pt('waitTranscoding', 'sc:Boolean'),
    support: pt('support', 'sc:Text'),
    ...{ likes: id('likes'), dislikes: id('dislikes'), shares: id('shares'), comments: id('comments') },
  },
] as const;

/** A person and the channel that PeerTube demands beside the person. */
export interface Publishers {
  readonly author: Account;
  readonly channel: Account;
}

/** Whether a video may be given to PeerTube, which knows no audience below unlisted (peertube.md 1). */
export function isOpen({ visibility }: Pick<Video, 'visibility'>): boolean {
  return visibility === 'public' || visibility === 'unlisted';
}

/**
 * A local video as the `Video` that PeerTube takes (peertube.md 3): everything it demands, and nothing that makes
 * it refuse the whole. Null for what PeerTube must not have, or would not take: a video that not everybody may
 * see, or one without a picture of known size.
 */
export function videoOf(deps: NoteDeps, video: Video, publishers: Publishers): JsonObject | null {
  const { urls } = deps;
  const { author, channel } = publishers;
  const icon = iconOf(deps, video);
  if (!isOpen(video) || !icon) return null;
  const uri = urls.videoAlias(video.uri);
  const published = (video.publishedAt ?? video.createdAt).toISOString();
  const content = markdownOf(video.caption);
  return {
    '@context': VIDEO_CONTEXT,
    ...{ id: uri, type: 'Video', uuid: video.uuid },
    name: titleOf(video.caption, author.username),
    ...(content === null ? { content: null } : { mediaType: 'text/markdown', content }),
    ...(video.contentWarning ? { summary: video.contentWarning } : {}),
    support: null,
    attributedTo: [
      { type: 'Person', id: author.actorUri },
      { type: 'Group', id: channel.actorUri },
    ],
    ...audienceOf(deps, video, publishers),
    published,
    updated: video.editedAt?.toISOString() ?? published,
    duration: `PT${Math.max(1, Math.round(video.durationSeconds ?? 0))}S`,
    ...(video.width && video.height
      ? { aspectRatio: Math.round((video.width / video.height) * 10_000) / 10_000 }
      : {}),
    // Demanded, and not counted here.
    views: 0,
    ...{ sensitive: video.sensitive, state: 1, isLiveBroadcast: false, waitTranscoding: true },
    ...{ downloadEnabled: video.allows.download, commentsEnabled: video.commentsOpen },
    commentsPolicy: video.commentsOpen ? 1 : 2,
    ...(video.language ? { language: languageOf(video.language) } : {}),
    tag: tagsOf(deps, video),
    icon: [icon],
    ...subtitlesOf(deps, video),
    url: [{ type: 'Link', mediaType: 'text/html', href: video.url }, ...filesOf(deps, video)],
    likes: urls.likesOf(uri),
    dislikes: urls.dislikesOf(uri),
    shares: urls.sharesOf(uri),
    comments: urls.commentsOf(uri),
    replies: urls.repliesOf(uri),
  };
}

/** `to` decides alone: with anybody in it a video is public, without it is unlisted. */
function audienceOf({ urls }: NoteDeps, video: Video, { author, channel }: Publishers) {
  const followers = [urls.followers(author.id), urls.followers(channel.id)];
  return video.visibility === 'public'
    ? { to: [AS_PUBLIC], cc: followers }
    : { to: [], cc: [AS_PUBLIC, ...followers] };
}

/** PeerTube takes tags of 2 to 30 characters, and keeps a `#` as part of the name. */
function tagsOf({ urls }: NoteDeps, { caption }: Video): JsonObject[] {
  return hashtagsOf(caption)
    .filter((name) => name.length >= 2 && name.length <= 30)
    .map((name) => ({ type: 'Hashtag', name, href: urls.tagPage(name) }));
}

function languageOf(identifier: string): JsonObject {
  return { identifier, name: nameOfLanguage(identifier) };
}

/** Languages of two letters that nobody grows up with: PeerTube does not know them. */
const NOT_LIVING = new Set(['ae', 'cu', 'ia', 'ie', 'io', 'la', 'pi', 'sa', 'sh', 'vo']);

/**
 * The language of captions as PeerTube knows it, or null. Of tags with a region it knows a handful, and not the same
 * ones in each version; two letters (ISO 639-1) are safe.
 */
function captionLanguageOf(tag: string | null): string | null {
  const [code = ''] = (tag ?? '').split('-');
  return /^[a-z]{2}$/.test(code) && nameOfLanguage(code) !== code && !NOT_LIVING.has(code) ? code : null;
}

/**
 * Captions by their language; PeerTube fetches the files. For captions in a language that it does not know, or for two
 * in one, it would refuse the video as a whole. Those that somebody wrote go before those that a service made.
 */
function subtitlesOf(deps: NoteDeps, video: Video): JsonObject {
  const captions = new Map<string, JsonObject>();
  const written = video.assets.toSorted((a, b) => Number(a.automatic) - Number(b.automatic));
  for (const { role, key, language, automatic } of written) {
    const code = captionLanguageOf(language);
    if (role !== 'captions' || code === null || captions.has(code)) continue;
    const made = automatic ? { automaticallyGenerated: true } : {};
    captions.set(code, { ...languageOf(code), url: deps.objectUrl(key, video), ...made });
  }
  return captions.size === 0 ? {} : { subtitleLanguage: [...captions.values()] };
}

function iconOf(deps: NoteDeps, video: Video): JsonObject | null {
  const poster = video.assets.find(({ role }) => role === 'poster');
  if (!poster?.width || !poster.height) return null;
  const { width, height } = poster;
  return { type: 'Image', url: deps.objectUrl(poster.key, video), mediaType: 'image/jpeg', width, height };
}

/** The MP4 that all servers get, and the HLS with its renditions; PeerTube counts these as two lists. */
function filesOf(deps: NoteDeps, video: Video): JsonObject[] {
  const master = video.assets.find(({ role }) => role === 'hls-master');
  const hls = master && {
    type: 'Link',
    mediaType: 'application/x-mpegURL',
    href: deps.objectUrl(master.key, video),
    tag: mp4Links(deps, video, 'cmaf', 'fragmented'),
  };
  return [...mp4Links(deps, video, 'mp4', 'web-video'), ...(hls ? [hls] : [])];
}

/** One Link per height, tallest first: two of the same make PeerTube refuse the whole video. */
function mp4Links(deps: NoteDeps, video: Video, role: Asset['role'], format: string): JsonObject[] {
  const files = video.assets.filter((asset) => asset.role === role);
  const byHeight = new Map(files.map((file) => [file.height, file]));
  return [...byHeight.values()]
    .sort((a, b) => (b.height ?? 0) - (a.height ?? 0))
    .flatMap((file) => {
      const { key, width, height, bytes, frameRate, codecs, sha256 } = file;
      if (!width || !height) return [];
      const kinds = ['video', ...(codecs?.includes('mp4a') ? ['audio'] : [])];
      return {
        type: 'Link',
        mediaType: 'video/mp4',
        // The name is that of the content. Two videos may be of the same content, but PeerTube takes no name twice.
        href: `${deps.objectUrl(key, video)}?v=${video.uuid}`,
        ...{ width, height, size: bytes, digestMultibase: digestMultibase(sha256) },
        ...(frameRate === null ? {} : { fps: Math.round(frameRate) }),
        attachment: [
          ...kinds.map((value) => ({ type: 'PropertyValue', name: 'ffprobe_codec_type', value })),
          { type: 'PropertyValue', name: 'peertube_format_flag', value: format },
        ],
      };
    });
}

/**
 * The `Announce` by which a channel publishes a video of its owner, under whichever of its ids; the followers of
 * the channel get no Create of it that they would take.
 */
export function publishOf(
  deps: Pick<NoteDeps, 'urls'>,
  video: Video,
  channel: Account,
  objectUri: string,
): Outgoing {
  const followers = deps.urls.followers(channel.id);
  const isPublic = video.visibility === 'public';
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${objectUri}#announce`,
    type: 'Announce',
    actor: channel.actorUri,
    object: objectUri,
    published: (video.publishedAt ?? video.createdAt).toISOString(),
    to: [isPublic ? AS_PUBLIC : followers],
    cc: [isPublic ? followers : AS_PUBLIC],
  };
}
