import { videoLimits } from '../../config/limits.ts';
import { remoteVideoLimits } from '../../config/media-limits.ts';
import { escapeHtml } from '../../src/lib/html/from-text.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import { secondsOf, sideOf } from './media-read.ts';
import { digestIn } from './multihash.ts';
import type { ReadVideo } from './note-read.ts';
import { attributedTo, isBy, type PostAuthor, readPost } from './post-read.ts';
import { audienceOf, isObject, type JsonObject, listOf, numberOf, textOf, typesOf, uriOf } from './read.ts';

export type UnusableVideo = 'not-a-video' | 'not-the-author' | 'no-media' | 'is-live';

/**
 * A remote object of type `Video`, as PeerTube writes it (peertube.md 5): files are Links under `url`, and
 * under the `tag` of the HLS Link among them, which counts itself where they are not enough; the title is `name`, the text often Markdown. `author` must be
 * among those it is attributed to; the others may change it, too, as a channel and its owner do.
 */
export function readVideoObject(
  object: JsonObject,
  author: PostAuthor,
  now: number,
): Result<ReadVideo, UnusableVideo> {
  const uri = uriOf(object.id);
  if (!uri || !typesOf(object).includes('Video')) return fail('not-a-video');
  if (!isBy(object, author.actorUri)) return fail('not-the-author');
  if (object.isLiveBroadcast === true) return fail('is-live');
  const file = bestFile(object);
  if (!file) return fail('no-media');
  const facts = readPost(object, uri, author, now, 4 * videoLimits.maxCaptionCharacters);
  const title = textOf(object.name, 500)?.trim() ?? '';
  const { html, named, ...rest } = facts;
  const video = {
    ...rest,
    // PeerTube knows no audience below unlisted: an address without the public means that (peertube.md 1).
    visibility: audienceOf(object.to).size === 0 ? ('unlisted' as const) : facts.visibility,
    captionHtml: title === '' ? html : `<p>${escapeHtml(title)}</p>${html}`,
    altText: '',
    durationSeconds: secondsOf(object.duration),
    width: sideOf(file.width),
    height: sideOf(file.height),
    blurhash: null,
    sourceUrl: file.href,
    sourceDigest: file.digest,
    sourcePosterUrl: widestIcon(object),
    attributedTo: attributedTo(object)
      .filter((actor) => actor !== author.actorUri)
      .slice(0, 5),
    commentsOpen: commentsOpen(object),
    allowsDownload: object.downloadEnabled !== false,
  };
  return ok({ video, named });
}

interface FileLink {
  readonly href: string;
  readonly digest: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

/**
 * The best MP4 up to a short side of 1080, of those at the top and those below an HLS Link; else the smallest.
 * Where the files below the HLS Link have no sound of their own, or there are none, the playlist itself.
 */
function bestFile(object: JsonObject): FileLink | undefined {
  const links = listOf(object.url).filter(isObject);
  const playlist = links.find(isPlaylist);
  const below = links.flatMap((link) => listOf(link.tag).filter(isObject));
  const file = bestOf([...links, ...below.filter((link) => !isSilent(link, below))]);
  if (file || !playlist) return file;
  const href = uriOf(playlist.href);
  const { width = null, height = null } = bestOf(below) ?? {};
  return href === null ? undefined : { href, digest: digestIn(playlist), width, height };
}

function bestOf(links: readonly JsonObject[]): FileLink | undefined {
  const files = links.filter(isMp4).flatMap((link): FileLink[] => {
    const href = uriOf(link.href);
    const sides = { width: numberOf(link.width), height: numberOf(link.height) };
    return href === null ? [] : [{ href, digest: digestIn(link), ...sides }];
  });
  const fitting = files.filter((file) => shortSide(file) <= remoteVideoLimits.maxShortSide);
  const byside = (a: FileLink, b: FileLink) => shortSide(a) - shortSide(b);
  return fitting.sort(byside).at(-1) ?? files.sort(byside)[0];
}

/** A `metadata` Link has the type of the file it is about only in `rel`. */
function isMp4(link: JsonObject): boolean {
  const isFile = /^video\/mp4$/i.test(textOf(link.mediaType, 50) ?? '');
  return isFile && (tracksOf(link).size === 0 || tracksOf(link).has('video'));
}

function isPlaylist(link: JsonObject): boolean {
  const type = textOf(link.mediaType, 50) ?? '';
  return /^application\/(?:x-mpegurl|vnd\.apple\.mpegurl)$/i.test(type);
}

/** A file that says it has a picture only, beside one that says it has sound: newer PeerTube parts the two. */
function isSilent(link: JsonObject, others: readonly JsonObject[]): boolean {
  const tracks = tracksOf(link);
  return tracks.has('video') && !tracks.has('audio') && others.some((other) => tracksOf(other).has('audio'));
}

/** What PeerTube's `ffprobe_codec_type` says a file holds; empty where it says nothing. */
function tracksOf(link: JsonObject): Set<string> {
  const properties = listOf(link.attachment).filter(isObject);
  const named = properties.filter(({ name }) => name === 'ffprobe_codec_type');
  return new Set(named.flatMap(({ value }) => textOf(value, 20) ?? []));
}

function shortSide({ width, height }: FileLink): number {
  return Math.min(width ?? height ?? 0, height ?? width ?? 0);
}

function widestIcon(object: JsonObject): string | null {
  const icons = listOf(object.icon).filter(isObject);
  const widest = icons.toSorted((a, b) => (numberOf(b.width) ?? 0) - (numberOf(a.width) ?? 0))[0];
  return widest ? uriOf(widest.url) : null;
}

/** `commentsPolicy` 1 is open, 2 closed, 3 with approval; older versions have a switch. */
function commentsOpen(object: JsonObject): boolean {
  const policy = numberOf(object.commentsPolicy);
  return policy === null ? object.commentsEnabled !== false : policy !== 2;
}
