import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { mediaKey } from './keys.ts';
import type { Poster } from './poster.ts';
import { contentTypeOf } from './storage/storage.ts';

/** What an object is to its video. */
export type AssetRole =
  /** The plain MP4 that other servers get. */
  | 'mp4'
  /** One that other servers got before the video was made anew: its address stays good. */
  | 'mp4-former'
  /** The upload in a clean container, played until there is anything better. */
  | 'copy'
  | 'hls-master'
  | 'hls-media'
  | 'dash'
  /** The chunk index, as JSON. */
  | 'chunks'
  | 'cmaf'
  | 'poster'
  | 'poster-webp'
  | 'preview'
  | 'storyboard'
  | 'storyboard-vtt'
  /** The sound of a video that the staff has muted: no address of it is given to anybody. */
  | 'sound-kept'
  /** What is given in place of another object where its sound is muted. */
  | 'muted'
  | 'captions';

/** One object made from a video, as the caller records it. */
export interface Asset {
  readonly role: AssetRole;
  /** Short side of the size it belongs to; absent for what is of no size. */
  readonly rung?: number;
  readonly key: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Of the whole object, lower-case hex. */
  readonly sha256: string;
  readonly width?: number;
  readonly height?: number;
  /** Peak bits per second. */
  readonly bandwidth?: number;
  /** As in RFC 6381. */
  readonly codecs?: string;
  /** Pictures per second. */
  readonly frameRate?: number;
}

/** A made object that still lies on the local disk. */
export interface Piece {
  readonly asset: Asset;
  readonly path: string;
}

/** Gives a file its key, by its content. */
export async function pieceOf(
  videoId: string,
  path: string,
  suffix: string,
  details: Omit<Asset, 'key' | 'contentType' | 'size' | 'sha256'>,
): Promise<Piece> {
  const sha256 = await sha256Of(path);
  const key = mediaKey(videoId, sha256, suffix);
  const { size } = await stat(path);
  return { path, asset: { ...details, key, contentType: contentTypeOf(key), size, sha256 } };
}

/** The poster as objects of its video, also one that came from another server. `path` is that of the JPEG. */
export async function posterPieces(videoId: string, path: string, poster: Poster): Promise<Piece[]> {
  const { width, height, webpPath } = poster;
  return [
    await pieceOf(videoId, path, 'poster.jpg', { role: 'poster', width, height }),
    await pieceOf(videoId, webpPath, 'poster.webp', { role: 'poster-webp', width, height }),
  ];
}

/** The SHA-256 of a local file, in lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
