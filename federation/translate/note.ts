import { videoLimits } from '../../config/limits.ts';
import { hashtagsOf } from '../../src/lib/html/from-text.ts';
import { sanitizeRemoteHtml } from '../../src/lib/html/sanitize.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Asset, RemoteVideo, Video, Visibility } from '../../src/modules/videos/index.ts';
import {
  AS_PUBLIC,
  audienceOf,
  idOf,
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  sameOrigin,
  textOf,
  timeOf,
  typesOf,
  uriOf,
} from './read.ts';

/** Contexts of what we send: the plain ActivityStreams one first, as Mastodon demands. */
const NOTE_CONTEXT = [
  'https://www.w3.org/ns/activitystreams',
  {
    sensitive: 'as:sensitive',
    Hashtag: 'as:Hashtag',
    toot: 'http://joinmastodon.org/ns#',
    blurhash: 'toot:blurhash',
  },
] as const;

/** Who a local video is addressed to. */
function addressing(video: Video, followers: string): { to: string[]; cc: string[] } {
  const byVisibility: Record<Visibility, { to: string[]; cc: string[] }> = {
    public: { to: [AS_PUBLIC], cc: [followers] },
    unlisted: { to: [followers], cc: [AS_PUBLIC] },
    followers: { to: [followers], cc: [] },
  };
  return byVisibility[video.visibility];
}

interface NoteDeps {
  readonly urls: Urls;
  readonly objectUrl: (key: string) => string;
}

/**
 * A local video as the `Note` with one `Document` attachment that every receiver plays inline
 * (federation-interop.md 1.2). Lists are lists even with one entry; there is never a `name`, which
 * Mastodon, Misskey and GoToSocial would take for a title or a vote; `summary` only for a warning.
 */
export function noteOf(deps: NoteDeps, video: Video, author: Account): JsonObject {
  const { to, cc } = addressing(video, deps.urls.followers(author.id));
  return {
    '@context': NOTE_CONTEXT,
    id: video.uri,
    type: 'Note',
    attributedTo: author.actorUri,
    url: video.url,
    content: video.captionHtml,
    ...(video.language ? { contentMap: { [video.language]: video.captionHtml } } : {}),
    ...(video.contentWarning ? { summary: video.contentWarning } : {}),
    sensitive: video.sensitive,
    published: (video.publishedAt ?? video.createdAt).toISOString(),
    to,
    cc,
    tag: hashtagsOf(video.caption).map((name) => ({
      type: 'Hashtag',
      name: `#${name}`,
      href: `${deps.urls.origin}/tag/${encodeURIComponent(name)}`,
    })),
    attachment: [documentOf(deps, video)],
  };
}

function documentOf(deps: NoteDeps, video: Video): JsonObject {
  const asset = (role: Asset['role']) => video.assets.find((candidate) => candidate.role === role);
  const mp4 = asset('mp4');
  const poster = asset('poster');
  if (!mp4) throw new Error(`Video ${video.id} has no MP4 and cannot be sent.`);
  return {
    type: 'Document',
    mediaType: 'video/mp4',
    url: deps.objectUrl(mp4.key),
    ...(video.altText ? { name: video.altText } : {}),
    ...(mp4.width && mp4.height ? { width: mp4.width, height: mp4.height } : {}),
    ...(video.durationSeconds ? { duration: `PT${video.durationSeconds.toFixed(1)}S` } : {}),
    ...(video.blurhash ? { blurhash: video.blurhash } : {}),
    ...(poster ? { icon: { type: 'Image', mediaType: 'image/jpeg', url: deps.objectUrl(poster.key) } } : {}),
  };
}

/** The `Create` of a local video, its id stable over retries. */
export function createOf(note: JsonObject): JsonObject {
  const { '@context': context, ...object } = note;
  return {
    '@context': context,
    id: `${note.id}#create`,
    type: 'Create',
    actor: note.attributedTo,
    published: note.published,
    to: note.to,
    cc: note.cc,
    object,
  };
}

/** The `Delete` of a local video. To everybody, so that whoever has a copy may read it. */
export function deleteOf(uri: string, actorUri: string): JsonObject {
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${uri}#delete`,
    type: 'Delete',
    actor: actorUri,
    to: [AS_PUBLIC],
    object: { id: uri, type: 'Tombstone' },
  };
}

/** Posts dated further ahead than this, or before 1970, are taken as published now (security.md V10). */
const MAX_FUTURE_MS = 5 * 60_000;

type Unusable = 'not-a-note' | 'not-the-author' | 'no-video' | 'is-reply' | 'not-addressed';

/**
 * A remote `Note` with a video attachment to what we keep of it. `authorUri` is who was proven to send it;
 * the note must be theirs, by id and by attribution (security.md O2). Everything else is optional.
 */
export function readVideoNote(
  note: JsonObject,
  authorUri: string,
  now: number,
): Result<{ video: RemoteVideo }, Unusable> {
  const uri = uriOf(note.id);
  if (!uri || !typesOf(note).includes('Note')) return fail('not-a-note');
  if (!sameOrigin(uri, authorUri) || idOf(listOf(note.attributedTo)[0]) !== authorUri) {
    return fail('not-the-author');
  }
  if (note.inReplyTo !== undefined && note.inReplyTo !== null) return fail('is-reply');
  const visibility = visibilityOf(note, authorUri);
  if (!visibility) return fail('not-addressed');
  const attachment = listOf(note.attachment).filter(isObject).find(isVideo);
  const sourceUrl = attachment ? mediaUrlOf(attachment) : null;
  if (!attachment || !sourceUrl) return fail('no-video');
  const page = uriOf(listOf(note.url)[0]);
  const published = timeOf(note.published)?.getTime() ?? now;
  const contentWarning = textOf(note.summary, videoLimits.maxContentWarningCharacters)?.trim() ?? '';
  return ok({
    video: {
      uri,
      url: page && sameOrigin(page, uri) ? page : uri,
      visibility,
      captionHtml: sanitizeRemoteHtml(contentOf(note), 4 * videoLimits.maxCaptionCharacters),
      contentWarning,
      sensitive: note.sensitive === true || contentWarning !== '',
      altText:
        (textOf(attachment.summary, videoLimits.maxAltTextCharacters) ||
          textOf(attachment.name, videoLimits.maxAltTextCharacters)) ??
        '',
      language: languageOf(note),
      publishedAt: new Date(published > now + MAX_FUTURE_MS || published < 0 ? now : published),
      durationSeconds: secondsOf(attachment.duration),
      width: sideOf(attachment.width),
      height: sideOf(attachment.height),
      blurhash: blurhashOf(attachment.blurhash),
      sourceUrl,
      sourcePosterUrl: posterOf(attachment, note),
    },
  });
}

function isVideoType(mediaType: unknown): boolean {
  return /^video\//i.test(textOf(mediaType, 100) ?? '');
}

function isVideo(attachment: JsonObject): boolean {
  if (isVideoType(attachment.mediaType) || videoLinkOf(attachment)) return true;
  return typeof attachment.mediaType !== 'string' && typesOf(attachment).includes('Video');
}

/** The Link under `url` that says it is a video; others, such as one to a page, may stand before it. */
function videoLinkOf(attachment: JsonObject): JsonObject | undefined {
  return listOf(attachment.url)
    .filter(isObject)
    .find((link) => isVideoType(link.mediaType));
}

/** Where a file lies. `url` is a string, a Link, or a list of either. */
function mediaUrlOf(file: JsonObject): string | null {
  for (const candidate of [videoLinkOf(file), ...listOf(file.url)]) {
    const url = uriOf(isObject(candidate) ? candidate.href : candidate);
    if (url) return url;
  }
  return uriOf(file.href);
}

function posterOf(attachment: JsonObject, note: JsonObject): string | null {
  for (const candidate of [attachment.icon, note.icon, note.image, note.preview]) {
    for (const image of listOf(candidate)) {
      const url = uriOf(image) ?? (isObject(image) ? mediaUrlOf(image) : null);
      if (url) return url;
    }
  }
  return null;
}

/** `followers` means those of the author: a letter to one person and a stranger's followers is none of them. */
function visibilityOf(note: JsonObject, authorUri: string): Visibility | null {
  const to = audienceOf(note.to);
  if (to.has(AS_PUBLIC)) return 'public';
  const cc = audienceOf(note.cc);
  if (cc.has(AS_PUBLIC)) return 'unlisted';
  const isTheirs = (id: string) => id.endsWith('/followers') && sameOrigin(id, authorUri);
  return [...to, ...cc].some(isTheirs) ? 'followers' : null;
}

function contentOf(note: JsonObject): string {
  const content = textOf(note.content, 100_000);
  if (content !== null) return content;
  const map = isObject(note.contentMap) ? Object.values(note.contentMap) : [];
  return textOf(map[0], 100_000) ?? '';
}

function languageOf(note: JsonObject): string | null {
  const [language] = isObject(note.contentMap) ? Object.keys(note.contentMap) : [];
  return language && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) ? language : null;
}

const MAX_SECONDS = 24 * 3_600;

/** ISO 8601 duration of at most hours, as all servers write it, or plain seconds. */
function secondsOf(value: unknown): number | null {
  const match = /^PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6}(?:\.\d{1,6})?)S)?$/.exec(
    textOf(value, 40) ?? '',
  );
  const [, hours = '0', minutes = '0', seconds = '0'] = match ?? [];
  const total = match ? Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) : numberOf(value);
  return total !== null && total > 0 && total <= MAX_SECONDS ? total : null;
}

function sideOf(value: unknown): number | null {
  const side = numberOf(value);
  return side !== null && Number.isInteger(side) && side > 0 && side <= 20_000 ? side : null;
}

/** Base 83, 6 to 100 characters. */
function blurhashOf(value: unknown): string | null {
  const text = textOf(value, 101);
  return text && /^[0-9A-Za-z#$%*+,\-.:;=?@[\]^_{|}~]{6,100}$/.test(text) ? text : null;
}
