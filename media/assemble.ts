import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mediaLimits } from '../config/limits.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { brokenDetail, type StepReason } from './failures.ts';
import { chooseFederated, writeFaststart } from './faststart.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { mediaKey, nameOf } from './keys.ts';
import {
  averageBandwidth,
  type ChunkIndex,
  type FragmentedFile,
  indexRung,
  readFragmentedFile,
} from './package.ts';
import { masterPlaylist, mediaPlaylist, peakBandwidth } from './playlist.ts';
import { makePoster } from './poster.ts';
import { contentTypeOf } from './storage/storage.ts';
import type { RungFile } from './transcode.ts';

/** One object made from a video, as the caller records it. */
export interface Asset {
  readonly role: 'mp4' | 'hls-master' | 'hls-media' | 'cmaf' | 'poster';
  /** Short side of the size it belongs to; absent for the master playlist and the poster. */
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

/** Everything made from one video. */
export interface Assembled {
  readonly ok: true;
  readonly pieces: readonly Piece[];
  readonly chunkIndex: ChunkIndex;
  readonly blurhash: string;
}

interface AssembleJob {
  readonly videoId: string;
  readonly files: readonly [RungFile, ...RungFile[]];
  readonly frameRate: number;
  readonly workDir: string;
  readonly signal?: AbortSignal;
}

/** A rung with what was read from its file. */
interface PackagedRung {
  readonly source: RungFile;
  readonly layout: FragmentedFile;
  readonly piece: Piece;
  readonly rung: number;
  readonly size: number;
}

/** Makes everything that follows from the finished rungs: playlists, chunk index, plain MP4 and poster. */
export async function assemble(ffmpeg: Ffmpeg, job: AssembleJob): Promise<Assembled | Failure<StepReason>> {
  const packaged: PackagedRung[] = [];
  for (const source of job.files) {
    const layout = await readFragmentedFile(source.path);
    if (!layout || layout.durationSeconds < mediaLimits.minDurationSeconds) {
      return fail('broken', brokenDetail);
    }
    const { rung, path } = source;
    const about = {
      ...{ ...shapeOf(layout), bandwidth: peakBandwidth(layout), codecs: layout.codecs, rung },
      frameRate: job.frameRate,
    };
    const piece = await pieceOf(job.videoId, path, `${rung}-cmaf.mp4`, { role: 'cmaf', ...about });
    packaged.push({ source, layout, piece, rung, size: layout.size });
  }
  const [first, ...rest] = packaged;
  if (!first) throw new Error('A plan without a rung');
  const federated = await makeFederated(ffmpeg, job, chooseFederated([first, ...rest]));
  if (!federated.ok) return federated;
  const { blurhash, pieces } = federated;
  return {
    ok: true,
    pieces: [...packaged.map(({ piece }) => piece), ...(await writePlaylists(job, packaged)), ...pieces],
    chunkIndex: {
      version: 1,
      durationSeconds: roundToMs(Math.max(...packaged.map(({ layout }) => layout.durationSeconds))),
      rungs: packaged.map(({ rung, piece, layout }) => indexRung(rung, piece.asset.key, layout)),
    },
    blurhash,
  };
}

/** The plain MP4 and, from it, the poster. */
async function makeFederated(
  ffmpeg: Ffmpeg,
  job: AssembleJob,
  chosen: PackagedRung,
): Promise<{ ok: true; pieces: Piece[]; blurhash: string } | Failure<StepReason>> {
  const { rung, layout } = chosen;
  const signal = job.signal ? { signal: job.signal } : {};
  const mp4Path = join(job.workDir, `${rung}.mp4`);
  const copied = await writeFaststart(ffmpeg, {
    rungPath: chosen.source.path,
    outputPath: mp4Path,
    outputDirectory: job.workDir,
    ...signal,
  });
  if (!copied.ok) return copied;
  const posterPath = join(job.workDir, 'poster.jpg');
  const poster = await makePoster(ffmpeg, {
    mp4Path,
    ...shapeOf(layout),
    durationSeconds: layout.durationSeconds,
    outputPath: posterPath,
    ...signal,
  });
  if (!poster.ok) return poster;
  const { codecs } = layout;
  const { frameRate } = job;
  const about = { ...shapeOf(layout), bandwidth: averageBandwidth(layout), codecs, rung, frameRate };
  return ok({
    pieces: [
      await pieceOf(job.videoId, mp4Path, `${rung}.mp4`, { role: 'mp4', ...about }),
      await posterPiece(job.videoId, posterPath, poster),
    ],
    blurhash: poster.blurhash,
  });
}

/** The poster as an object of its video, also one that came from another server. */
export function posterPiece(
  videoId: string,
  path: string,
  size: { readonly width: number; readonly height: number },
): Promise<Piece> {
  const { width, height } = size;
  return pieceOf(videoId, path, 'poster.jpg', { role: 'poster', width, height });
}

/** Media playlists name the file beside them, the master names the media playlists: all by last segment. */
async function writePlaylists(job: AssembleJob, packaged: readonly PackagedRung[]): Promise<Piece[]> {
  const pieces: Piece[] = [];
  const variants = [];
  for (const { rung, layout, piece } of packaged) {
    const path = join(job.workDir, `${rung}.m3u8`);
    await writeFile(path, mediaPlaylist(layout, nameOf(piece.asset.key)));
    const playlist = await pieceOf(job.videoId, path, `${rung}.m3u8`, { role: 'hls-media', rung });
    pieces.push(playlist);
    variants.push({ rung, frameRate: job.frameRate, file: layout, uri: nameOf(playlist.asset.key) });
  }
  const masterPath = join(job.workDir, 'master.m3u8');
  await writeFile(masterPath, masterPlaylist(variants));
  return [...pieces, await pieceOf(job.videoId, masterPath, 'master.m3u8', { role: 'hls-master' })];
}

type AssetDetails = Omit<Asset, 'key' | 'contentType' | 'size' | 'sha256'>;

async function pieceOf(videoId: string, path: string, suffix: string, details: AssetDetails): Promise<Piece> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const sha256 = hash.digest('hex');
  const key = mediaKey(videoId, sha256, suffix);
  const { size } = await stat(path);
  return { path, asset: { ...details, key, contentType: contentTypeOf(key), size, sha256 } };
}

function shapeOf({ width, height }: FragmentedFile): { width: number; height: number } {
  return { width, height };
}

function roundToMs(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
