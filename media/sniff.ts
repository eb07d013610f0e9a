import { open } from 'node:fs/promises';
import { mediaLimits } from '../config/media-limits.ts';
import { fail, ok, type Result } from '../src/lib/result.ts';

/** The containers we read, by the name ffmpeg has for their demuxer. */
export type VideoDemuxer = 'mov' | 'matroska' | 'avi' | 'mpegts' | 'gif' | 'ogg' | 'flv';

/** The picture formats we read. */
export type ImageDemuxer = 'jpeg_pipe' | 'png_pipe' | 'webp_pipe';

const PICTURE = 'This file is a picture, not a video.';
const SOUND = 'This file holds only sound. A video needs a picture too.';
const UNKNOWN = 'This file is not a video this server knows. MP4, MOV, WebM and MKV work best.';

/** Where the header of a Matroska file has ended in any case. */
const EBML_HEADER_BYTES = 128;

/** The first bytes of a file, as many as the sniffer needs; fewer where the file is shorter. */
export async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(mediaLimits.sniffBytes);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Tells the container of a video by its first bytes. The answer is forced on ffmpeg, so that a playlist or
 * a text file under a video's name never reaches the demuxer that would follow it (security.md M1, M3).
 */
export function sniffVideo(
  head: Uint8Array,
): Result<{ readonly demuxer: VideoDemuxer }, 'not-a-video' | 'no-video'> {
  if (sniffImage(head) || isModernPicture(head)) return fail('not-a-video', PICTURE);
  const demuxer = videoDemuxer(head);
  if (demuxer) return ok({ demuxer });
  return isSound(head) ? fail('no-video', SOUND) : fail('not-a-video', UNKNOWN);
}

/** The types of video that browsers play as one file. */
export type BrowserVideoType = 'video/mp4' | 'video/webm';

/**
 * Tells what a browser is to be told of a video by its first bytes, or null where it is none that browsers play as
 * it is: QuickTime's own kind of MP4, and Matroska that is no WebM, included. The codecs in it are not looked at.
 */
export function browserVideoType(head: Uint8Array): BrowserVideoType | null {
  const sniffed = sniffVideo(head);
  if (!sniffed.ok) return null;
  if (sniffed.demuxer === 'mov') {
    return says(head, 4, 'ftyp') && !says(head, 8, 'qt  ') ? 'video/mp4' : null;
  }
  return sniffed.demuxer === 'matroska' && isWebm(head) ? 'video/webm' : null;
}

/** The element DocType (RFC 8794, 11.2.4) of the header; its length may be written in one to eight bytes. */
function isWebm(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, EBML_HEADER_BYTES));
  const at = bytes.indexOf(Buffer.from([0x42, 0x82]));
  const word = bytes.indexOf('webm', at + 3, 'latin1');
  return at >= 0 && word > 0 && word <= at + 2 + 8;
}

/** Tells the format of a picture by its first bytes, or null where it is none that we read. */
export function sniffImage(head: Uint8Array): ImageDemuxer | null {
  if (has(head, 0, [0xff, 0xd8, 0xff])) return 'jpeg_pipe';
  if (has(head, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png_pipe';
  if (says(head, 0, 'RIFF') && says(head, 8, 'WEBP')) return 'webp_pipe';
  return null;
}

function videoDemuxer(head: Uint8Array): VideoDemuxer | null {
  if (['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot'].some((box) => says(head, 4, box)))
    return 'mov';
  if (has(head, 0, [0x1a, 0x45, 0xdf, 0xa3])) return 'matroska';
  if (says(head, 0, 'RIFF') && says(head, 8, 'AVI ')) return 'avi';
  if (says(head, 0, 'GIF8')) return 'gif';
  if (says(head, 0, 'OggS')) return 'ogg';
  if (says(head, 0, 'FLV\x01')) return 'flv';
  return isTransportStream(head) ? 'mpegts' : null;
}

/** Packets of 188 bytes, or of 192 with a time stamp of four bytes before each. */
function isTransportStream(head: Uint8Array): boolean {
  const synced = (first: number, step: number) => [0, 1, 2].every((n) => head[first + n * step] === 0x47);
  return synced(0, 188) || synced(4, 192);
}

/** HEIC and AVIF share the boxes of MP4; their brand tells. */
function isModernPicture(head: Uint8Array): boolean {
  return says(head, 4, 'ftyp') && ['heic', 'heix', 'mif1', 'msf1', 'avif'].some((b) => says(head, 8, b));
}

function isSound(head: Uint8Array): boolean {
  const isMp3Frame = head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0;
  return isMp3Frame || says(head, 0, 'ID3') || says(head, 0, 'fLaC') || says(head, 8, 'WAVE');
}

function says(head: Uint8Array, at: number, word: string): boolean {
  return has(head, at, [...Buffer.from(word, 'latin1')]);
}

function has(head: Uint8Array, at: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[at + index] === byte);
}
