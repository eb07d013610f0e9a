/** Letters an id of ours may have. Object keys are made of nothing else (security.md W8). */
const ID = '[A-Za-z0-9][A-Za-z0-9_-]{0,63}';
/** 96 bits of the content's SHA-256: nobody can guess where an unpublished or removed file lies. */
const HASH_CHARACTERS = 24;
const SUFFIX = '[a-z0-9]+(?:-[a-z0-9]+)*\\.[a-z0-9]{1,8}';

const idPattern = new RegExp(`^${ID}$`);
const suffixPattern = new RegExp(`^${SUFFIX}$`);
const mediaKeyPattern = new RegExp(`^media/(${ID})/([0-9a-f]{${HASH_CHARACTERS}})-(${SUFFIX})$`);

/** The parts of a public object's key. */
export interface MediaKey {
  /** The id of the video, or of whatever owns the object. */
  readonly ownerId: string;
  /** The first 24 hex digits of the content's SHA-256. */
  readonly hash: string;
  /** What it is: `720.mp4`, `720-cmaf.mp4`, `master.m3u8`, `poster.jpg`. */
  readonly suffix: string;
}

/** Where the file of a video lies that must not be seen, as evidence: never served, and not removed with the video. */
export function quarantineKey(videoId: string): string {
  return `quarantine/${checkedId(videoId)}/source`;
}

/**
 * Where the file a user uploaded waits until it is processed. It still carries the user's metadata (where
 * it was filmed, with what), so it lies outside `media/` and is never served.
 */
export function originalKey(ownerId: string): string {
  return `originals/${checkedId(ownerId)}/source`;
}

/** Where the file lies that an upload and what it answers to were put together in: it takes the place of the upload. */
export function composedKey(ownerId: string, sha256: string): string {
  return `originals/${checkedId(ownerId)}/composed-${checkedHash(sha256)}`;
}

/** Where a picture that an author uploaded as poster lies, as it came; never served, for the same reason. */
export function posterSourceKey(ownerId: string, sha256: string): string {
  return `originals/${checkedId(ownerId)}/poster-${checkedHash(sha256)}`;
}

/** What lies under it are the archives of one account; like originals they are never served as media. */
export function archivePrefix(accountId: string): string {
  return `archives/${checkedId(accountId)}/`;
}

/** Where the archive of an account lies. Nobody can guess it: it holds what its owner shows to few. */
export function archiveKey(accountId: string, sha256: string): string {
  return `${archivePrefix(accountId)}${checkedHash(sha256)}-archive.zip`;
}

/** Where the frames of a reported video lie; like originals they are never served as media, and no deletion of the video reaches them. */
export function evidenceKey(videoId: string, sha256: string): string {
  return `evidence/${checkedId(videoId)}/${checkedHash(sha256)}-frames.jpg`;
}

/** Where a copy lies that is kept for authorities; never served, and no deletion of what it was copied from reaches it. */
export function legalHoldKey(holdId: string, sha256: string): string {
  return `holds/${checkedId(holdId)}/${checkedHash(sha256)}-copy`;
}

/**
 * The key of a public object: `media/<ownerId>/<24 hex of sha256>-<suffix>`. Another content gives another
 * key, so objects can be cached for ever. Throws on an id, hash or suffix that is not of our making.
 */
export function mediaKey(ownerId: string, sha256: string, suffix: string): string {
  if (!suffixPattern.test(suffix))
    throw new TypeError(`Not a suffix of an object: ${JSON.stringify(suffix)}`);
  return `media/${checkedId(ownerId)}/${checkedHash(sha256)}-${suffix}`;
}

/** The prefixes that hold everything stored for one owner, for deletion. */
export function prefixesOf(ownerId: string): readonly string[] {
  return [`media/${checkedId(ownerId)}/`, `originals/${checkedId(ownerId)}/`];
}

/** Takes a key apart, or null where it is not one `mediaKey` makes. Only these may be served. */
export function parseMediaKey(key: string): MediaKey | null {
  const match = mediaKeyPattern.exec(key);
  const [, ownerId, hash, suffix] = match ?? [];
  return ownerId && hash && suffix ? { ownerId, hash, suffix } : null;
}

/** Whether a path below the media address is a public object of ours. */
export function isMediaKey(key: string): boolean {
  return parseMediaKey(key) !== null;
}

/** The last segment: what a playlist beside the object calls it. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function checkedHash(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('Not a SHA-256 in lower-case hex');
  return sha256.slice(0, HASH_CHARACTERS);
}

function checkedId(id: string): string {
  if (!idPattern.test(id)) throw new TypeError(`Not an id: ${JSON.stringify(id)}`);
  return id;
}
