import type { Readable } from 'node:stream';
import { mediaLimits } from '../../config/media-limits.ts';
import type { Result } from '../../src/lib/result.ts';

/** Where media bytes live. Objects never change once stored: their keys carry a hash of the content. */
export interface ObjectStorage {
  /** Endpoint and bucket, which tell it from others whatever it is called. Absent in stores of this machine. */
  readonly address?: string;
  /** Stores a copy of the file. Durable once it resolves; readers see the whole object or none. */
  putFile(key: string, path: string, options: PutOptions): Promise<void>;
  /** Stores the bytes, with the same promises as `putFile`. */
  putBytes(key: string, bytes: Uint8Array, options: PutOptions): Promise<void>;
  /**
   * Reads an object, or null where there is none. The range is in bytes, `end` is inclusive and is
   * cut to the size; a `start` at or after the end throws `RangeError`. The caller must read or destroy
   * the stream.
   */
  open(key: string, range?: ByteRange): Promise<OpenedObject | null>;
  /** Size in bytes and time of storing in ms since 1970, or null where there is no such object. */
  stat(key: string): Promise<{ size: number; modifiedAt: number } | null>;
  /** Writes the object to a local file; false where there is none. No partial file stays after a failure. */
  download(key: string, path: string): Promise<boolean>;
  /** Removes objects; absent ones are no error, so it can be repeated. */
  remove(keys: readonly string[]): Promise<void>;
  /** All objects whose key starts with the prefix, in no promised order. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Makes the place ready (directory or bucket) and proves that it takes, gives and removes an object. */
  check(): Promise<Result>;
  /**
   * An address of the store itself, from which whoever has it can read the object for an hour at least, or
   * null where this object has none. It stays the same for an hour at a time, so that caches know it again.
   * Whether the object exists is not looked at. Absent in stores that have no addresses.
   */
  presignedUrl?(key: string, options?: { readonly expirySeconds?: number }): Promise<string | null>;
  /** Uploads that go past this server. Absent in stores that cannot take them. */
  readonly multipart?: MultipartUploads;
}

/** Uploads in parts that somebody else sends straight to the store, who was given an address for each part. */
export interface MultipartUploads {
  /** Begins an upload and gives its id; null where the store takes none now. Sweeps end it after a day. */
  begin(key: string): Promise<string | null>;
  /** The address to which part number 1 to 10,000 is PUT. All but the last must have 5 MiB or more. */
  presignPart(key: string, uploadId: string, partNumber: number): Promise<string>;
  /**
   * Makes one object of the parts. Throws where it does not have `size` bytes then: nothing else limits what
   * is sent to an address. The object is there all the same, for the caller to remove.
   */
  complete(key: string, uploadId: string, parts: readonly UploadedPart[], size: number): Promise<void>;
  /** Drops what was sent. */
  abort(key: string, uploadId: string): Promise<void>;
}

export interface UploadedPart {
  readonly partNumber: number;
  /** What the store answered to the part. */
  readonly etag: string;
}

export interface PutOptions {
  /** Must be what the ending of the key stands for; see `contentTypeOf`. */
  readonly contentType: string;
}

/** Bytes of an object; both ends are included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface OpenedObject {
  readonly stream: Readable;
  /** Of the whole object, in bytes, also when a range was asked for. */
  readonly size: number;
  readonly contentType: string;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: number;
}

/** The key `check()` writes and removes. */
export const checkKey = 'check/write-test.txt';

const contentTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m3u8: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  vtt: 'text/vtt',
  json: 'application/json',
  csv: 'text/csv',
  zip: 'application/zip',
  txt: 'text/plain',
};

/**
 * The type an object is served with. It comes from the ending of the key, never from what an uploader
 * or another server said (security.md M3); unknown endings are plain bytes.
 */
export function contentTypeOf(key: string): string {
  const ending = key.slice(key.lastIndexOf('.') + 1);
  return (Object.hasOwn(contentTypes, ending) && contentTypes[ending]) || 'application/octet-stream';
}

/**
 * Whether a key is made of our own letters: segments of `A-Z a-z 0-9 _ . -` that start with a letter,
 * a digit or an underscore. So no `..`, no empty segment, no leading dot, no NUL (security.md W8).
 */
export function isSafeKey(key: string): boolean {
  return (
    key.length <= mediaLimits.maxKeyCharacters &&
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/.test(key)
  );
}

/** Throws where a key or its type is not ours: that is a bug of the caller, not a fault of the user. */
export function assertWritable(key: string, options: PutOptions): void {
  if (!isSafeKey(key)) throw new TypeError(`Not a key of this server: ${JSON.stringify(key)}`);
  const expected = contentTypeOf(key);
  if (options.contentType !== expected) {
    throw new TypeError(`${key} would be served as ${expected}, not as ${options.contentType}`);
  }
}

/** Throws where a prefix could match more than keys of ours. The empty prefix matches everything. */
export function assertPrefix(prefix: string): void {
  if (prefix !== '' && !isSafeKey(prefix.replace(/\/$/, ''))) {
    throw new TypeError(`Not a prefix of this server: ${JSON.stringify(prefix)}`);
  }
}

/** The range cut to the object; throws `RangeError` where nothing of it lies inside. */
export function clampRange(range: ByteRange, size: number): ByteRange {
  const end = Math.min(range.end, size - 1);
  if (!(Number.isSafeInteger(range.start) && range.start >= 0 && range.start <= end)) {
    throw new RangeError(`Bytes ${range.start} to ${range.end} lie outside an object of ${size} bytes`);
  }
  return { start: range.start, end };
}
