/**
 * PeerTube 6.3.0 as a reader of what we publish: the rules of its acceptance, as they were measured against a
 * running one (design/peertube.md 2 and 3). Written from that description; no line is PeerTube's own.
 */

// biome-ignore lint/suspicious/noExplicitAny: documents of whatever shape are what is judged here.
type Json = any;

/** What a PeerTube knows when it meets a video. */
export interface PeerTubeWorld {
  /** Documents by id, as their servers serve them; others cannot be fetched. */
  readonly actors: Readonly<Record<string, Json>>;
  /** Videos and files it has already. */
  readonly uuids?: readonly string[];
  readonly fileNames?: readonly string[];
}

/** What it makes of one: why it refuses it, or what it keeps. */
export interface PeerTubeVerdict {
  readonly refused: readonly string[];
  readonly privacy: 'public' | 'unlisted';
  readonly commentsEnabled: boolean;
  readonly seconds: number;
  /** Files at the top level and below the HLS link that it keeps, and how many it drops. */
  readonly files: readonly Json[];
  readonly hlsFiles: readonly Json[];
  readonly dropped: number;
  readonly tags: readonly string[];
  readonly description: string | null;
}

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const FILE_TYPES = ['video/mp4', 'video/webm', 'video/ogg', 'audio/mp4'];
const HLS = 'application/x-mpegURL';

const hostOf = (url: unknown): string | null =>
  typeof url === 'string' && url.length <= 2_000 ? (URL.parse(url)?.host ?? null) : null;
const isUrl = (url: unknown): boolean => /^https?:\/\//.test(String(url)) && hostOf(url) !== null;
const isInt = (value: unknown): value is number => Number.isInteger(value);
const isDate = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
/** Pairs of surrogates count once, and signs that choose how another one is shown do not count. */
const lengthOf = (text: string): number => [...text.replace(/[\uFE0E\uFE0F]/g, '')].length;
const isThing = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a PeerTube takes the actor as a Person or Group of its own server. */
export function actorRefusals(actor: Json, id: string): string[] {
  const refused: string[] = [];
  const must = (isSo: boolean, what: string) => isSo || refused.push(what);
  must(['Person', 'Application', 'Group', 'Service', 'Organization'].includes(actor?.type), 'type');
  must(isUrl(actor?.id) && hostOf(actor.id) === hostOf(id), 'id');
  must(isUrl(actor?.inbox), 'inbox');
  const [url] = [actor?.url ?? actor?.id].flat();
  must(isUrl(url?.href ?? url), 'url');
  must(/^[A-Za-z0-9\-_.:]+$/.test(actor?.preferredUsername ?? ''), 'preferredUsername');
  const key = actor?.publicKey;
  must(isUrl(key?.id) && key?.owner === actor?.id, 'publicKey');
  const pem = String(key?.publicKeyPem);
  must(pem.startsWith('-----BEGIN PUBLIC KEY-----') && pem.length <= 5_000, 'publicKeyPem');
  must(actor?.type !== 'Group' || ownerOf(actor) !== null, 'attributedTo');
  return refused;
}

/** The Person that a Group names in a list, as an id or an object, on its own server. */
function ownerOf(group: Json): string | null {
  if (!Array.isArray(group?.attributedTo)) return null;
  const ids = group.attributedTo.map((one: Json) => (typeof one === 'string' ? one : one?.id));
  return ids.find((id: Json) => isUrl(id) && hostOf(id) === hostOf(group.id)) ?? null;
}

/** What PeerTube makes of a document that it fetched from `fetchedFrom`. */
export function judgeVideo(
  video: Json,
  world: PeerTubeWorld,
  fetchedFrom: string = video?.id,
): PeerTubeVerdict {
  const refused: string[] = [];
  const must = (isSo: boolean, what: string) => isSo || refused.push(what);
  must(video.type === 'Video', 'type');
  must(isUrl(video.id) && hostOf(video.id) === hostOf(fetchedFrom), 'id');
  const nameLength = typeof video.name === 'string' ? lengthOf(video.name) : 0;
  must(nameLength >= 3 && nameLength <= 120, 'name');
  must(/^PT.*S$/.test(video.duration ?? ''), 'duration');
  const uuid = video.uuid ?? video.identifier;
  must(UUID_V4.test(uuid ?? '') && !world.uuids?.includes(uuid), 'uuid');
  must(/^\d+$/.test(String(video.views)), 'views');
  must(isDate(video.published), 'published');
  must(isDate(video.updated), 'updated');
  must([video.icon ?? []].flat().some(isPicture), 'icon');
  must(video.content == null || isText(video), 'content');
  must(video.language == null || typeof video.language.identifier === 'string', 'language');
  must(video.category == null || typeof video.category.identifier === 'string', 'category');
  must(video.licence == null || isThing(video.licence), 'licence');
  must(video.subtitleLanguage == null || Array.isArray(video.subtitleLanguage), 'subtitleLanguage');
  // Rows with a language out of its list, or two of one language, are refused by its database, and all with them.
  const spoken = [video.subtitleLanguage ?? []].flat().map(({ identifier }: Json) => String(identifier));
  must(spoken.every(isCaptionLanguage) && new Set(spoken).size === spoken.length, 'language of captions');
  // Without them PeerTube stores the video, and then ends as a whole.
  must(isUrl(video.likes) && isUrl(video.dislikes), 'likes and dislikes');
  must(hasChannel(video, world), 'attributedTo');
  must(Array.isArray(video.url), 'url');
  const links = Array.isArray(video.url) ? video.url : [];
  const hls = links.find((link: Json) => link.mediaType === HLS && Array.isArray(link.tag));
  const lists = [links, hls?.tag ?? []];
  const [files = [], hlsFiles = []] = lists.map((list) => list.filter(isFile));
  for (const list of [files, hlsFiles]) {
    const sizes = list.map(({ height, fps = -1 }: Json) => `${height} ${fps}`);
    must(new Set(sizes).size === sizes.length, 'two files of one size');
  }
  const names = [...files, ...hlsFiles].map(({ href }) => href.slice(href.lastIndexOf('/') + 1));
  must(
    new Set([...names, ...(world.fileNames ?? [])]).size === names.length + (world.fileNames ?? []).length,
    'file name',
  );
  const magnets = lists.flat().filter(({ mediaType }: Json) => /magnet$/.test(mediaType ?? ''));
  must(
    magnets.every(({ href }: Json) => /xt=urn:btih:[0-9a-f]{40}/.test(href)),
    'infohash',
  );
  const looksLikeFile = ({ mediaType }: Json) =>
    FILE_TYPES.includes(mediaType) || /mpegurl/i.test(mediaType ?? '');
  const kept = files.length + hlsFiles.length + (hls ? 1 : 0);
  return {
    refused,
    privacy: Array.isArray(video.to) && video.to.length > 0 ? 'public' : 'unlisted',
    commentsEnabled:
      video.commentsPolicy === undefined ? video.commentsEnabled === true : video.commentsPolicy !== 2,
    seconds: Number.parseInt(String(video.duration).slice(2), 10),
    ...{ files, hlsFiles, dropped: lists.flat().filter(looksLikeFile).length - kept },
    tags: (video.tag ?? [])
      .filter(({ type, name }: Json) => type === 'Hashtag' && lengthOf(name) >= 2 && lengthOf(name) <= 30)
      .map(({ name }: Json) => name),
    description: video.content?.slice(0, 10_000) ?? null,
  };
}

/** Living languages by two letters, and the few with more that every version of it has. */
function isCaptionLanguage(code: string): boolean {
  return /^(?:[a-z]{2}|zh-Han[st])$/.test(code) && !'ae cu ia ie io la pi sa sh vo xx'.includes(code);
}

function isPicture(icon: Json): boolean {
  const { type, url, mediaType, width, height } = icon ?? {};
  return (
    type === 'Image' &&
    typeof url === 'string' &&
    isUrl(url) &&
    mediaType === 'image/jpeg' &&
    isInt(width) &&
    isInt(height)
  );
}

function isText({ content, mediaType }: Json): boolean {
  return (
    typeof content === 'string' &&
    lengthOf(content) >= 3 &&
    ['text/markdown', 'text/html'].includes(mediaType)
  );
}

function isFile(link: Json): boolean {
  const { type, mediaType, href, height, size, fps } = link;
  const isSized = isInt(height) && isInt(size) && (fps === undefined || isInt(fps));
  return type === 'Link' && FILE_TYPES.includes(mediaType) && isUrl(href) && isSized;
}

/** The first of those it is attributed to that is a Group of its own server, which in turn is a Person's. */
function hasChannel(video: Json, { actors }: PeerTubeWorld): boolean {
  if (!Array.isArray(video.attributedTo)) return false;
  const ids = video.attributedTo.map((one: Json) => (typeof one === 'string' ? one : one?.id));
  const groups = ids.map((id: string) => actors[id]).filter((actor: Json) => actor?.type === 'Group');
  const group = groups.find(({ id }: Json) => hostOf(id) === hostOf(video.id));
  const owner = group && ownerOf(group);
  return Boolean(owner) && actors[owner]?.type === 'Person';
}
