import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { type Asset, type Piece, pieceOf, posterPieces } from './asset.ts';
import { dashManifest } from './dash.ts';
import { brokenDetail, type StepReason } from './failures.ts';
import { chooseFederated, writeFaststart } from './faststart.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { nameOf } from './keys.ts';
import {
  averageBandwidth,
  type ChunkIndex,
  type ChunkIndexRung,
  type FragmentedFile,
  indexRung,
  packagedRung,
  readFragmentedFile,
} from './package.ts';
import { masterPlaylist, mediaPlaylist, peakBandwidth } from './playlist.ts';
import { makePoster } from './poster.ts';
import type { RungFile } from './transcode.ts';

/** A size that an earlier stage has made and stored, as it was recorded. */
export interface StoredRung {
  readonly index: ChunkIndexRung;
  readonly frameRate: number;
  readonly peakBandwidth: number;
  /** Object key of its media playlist. */
  readonly playlistKey: string;
  /** Bytes of its file. */
  readonly size: number;
}

/** A finished fragmented MP4 of one size. */
export type AssembledFile = Pick<RungFile, 'rung' | 'path'>;

export interface AssembleJob {
  readonly videoId: string;
  /** Sizes made just now. */
  readonly files: readonly [AssembledFile, ...AssembledFile[]];
  /** Sizes made before, which the manifests name as well. */
  readonly before: readonly StoredRung[];
  readonly frameRate: number;
  readonly workDir: string;
  /** Whether the poster is made too, from the MP4. */
  readonly wantsPoster: boolean;
  /** What the chunk index calls the sizes, where they are given under the keys of others. */
  readonly standsFor?: ReadonlyMap<number, string>;
  /** The frame that the author chose for it. */
  readonly posterSeconds?: number;
  readonly signal?: AbortSignal;
}

/** What a page shows before the poster is there. */
export interface PosterHashes {
  readonly blurhash: string;
  readonly thumbhash: string;
}

/** Everything made from one set of sizes. */
export interface Assembled {
  readonly ok: true;
  /** The manifests are of all sizes. No MP4 where one made before is the best for other servers. */
  readonly pieces: readonly Piece[];
  readonly chunkIndex: ChunkIndex;
  /** Null where no poster was wanted. */
  readonly hashes: PosterHashes | null;
}

/** A rung with what was read from its file. */
interface PackagedFile {
  readonly source: AssembledFile;
  readonly layout: FragmentedFile;
  readonly piece: Piece;
  readonly playlist: Piece;
  readonly rung: number;
  readonly size: number;
}

/** Makes what follows from finished sizes: playlists, manifests, chunk index, plain MP4 and poster. */
export async function assemble(ffmpeg: Ffmpeg, job: AssembleJob): Promise<Assembled | Failure<StepReason>> {
  const packaged: PackagedFile[] = [];
  for (const source of job.files) {
    const layout = await readFragmentedFile(source.path);
    if (!layout || layout.durationSeconds < mediaLimits.minDurationSeconds) {
      return fail('broken', brokenDetail);
    }
    packaged.push(await packageFile(job, source, layout));
  }
  const federated = await makeFederated(ffmpeg, job, packaged);
  if (!federated.ok) return federated;
  const { chunkIndex, manifests } = await writeManifests(job, packaged);
  const files = packaged.flatMap(({ piece, playlist }) => [piece, playlist]);
  const { hashes, pieces } = federated;
  return { ok: true, pieces: [...files, ...manifests, ...pieces], chunkIndex, hashes };
}

/** One size as an object, and the media playlist that names it by its last segment. */
async function packageFile(
  { videoId, frameRate, workDir }: AssembleJob,
  source: AssembledFile,
  layout: FragmentedFile,
): Promise<PackagedFile> {
  const { rung, path } = source;
  const { codecs, size } = layout;
  const facts = { ...shapeOf(layout), bandwidth: peakBandwidth(layout), codecs, rung, frameRate };
  const piece = await pieceOf(videoId, path, `${rung}-cmaf.mp4`, { role: 'cmaf', ...facts });
  const playlistPath = join(workDir, `${rung}.m3u8`);
  await writeFile(playlistPath, mediaPlaylist(layout, nameOf(piece.asset.key)));
  const playlist = await pieceOf(videoId, playlistPath, `${rung}.m3u8`, { role: 'hls-media', rung });
  return { source, layout, piece, playlist, rung, size };
}

/** The plain MP4 of the best size for other servers, where that was made just now, and the poster. */
async function makeFederated(
  ffmpeg: Ffmpeg,
  job: AssembleJob,
  packaged: readonly PackagedFile[],
): Promise<{ ok: true; pieces: Piece[]; hashes: PosterHashes | null } | Failure<StepReason>> {
  const earlier = job.before.map(({ index, size }) => ({ rung: index.rung, size, made: null }));
  const candidates = [...packaged.map((made) => ({ rung: made.rung, size: made.size, made })), ...earlier];
  const [first, ...rest] = candidates;
  if (!first) throw new Error('A plan without a rung');
  const { made } = chooseFederated<{ rung: number; size: number; made: PackagedFile | null }>([
    first,
    ...rest,
  ]);
  if (!made) return ok({ pieces: [], hashes: null });
  const { rung, layout } = made;
  const signal = job.signal ? { signal: job.signal } : {};
  const mp4Path = join(job.workDir, `${rung}.mp4`);
  const { codecs, durationSeconds } = layout;
  const { frameRate, videoId } = job;
  const outputPath = join(job.workDir, 'poster.jpg');
  // Side by side: somebody waits for both.
  const [copied, poster] = await Promise.all([
    writeFaststart(ffmpeg, {
      ...{ rungPath: made.source.path, outputPath: mp4Path, outputDirectory: job.workDir, ...signal },
    }),
    job.wantsPoster
      ? makePoster(ffmpeg, {
          ...(job.posterSeconds === undefined ? {} : { atSeconds: job.posterSeconds }),
          ...{ mp4Path: made.source.path, durationSeconds, outputPath, ...shapeOf(layout), ...signal },
        })
      : null,
  ]);
  if (!copied.ok) return copied;
  const about = { ...shapeOf(layout), bandwidth: averageBandwidth(layout), codecs, rung, frameRate };
  const mp4 = await pieceOf(videoId, mp4Path, `${rung}.mp4`, { role: 'mp4', ...about });
  if (!poster) return ok({ pieces: [mp4], hashes: null });
  if (!poster.ok) return poster;
  const { blurhash, thumbhash } = poster;
  const posters = await posterPieces(videoId, outputPath, poster);
  return ok({ pieces: [mp4, ...posters], hashes: { blurhash, thumbhash } });
}

/** What names every size there is: the master playlist, the DASH manifest, and the chunk index. */
async function writeManifests(
  job: AssembleJob,
  packaged: readonly PackagedFile[],
): Promise<{ chunkIndex: ChunkIndex; manifests: Piece[] }> {
  const made = packaged.map(({ rung, piece, layout, playlist, size }) => ({
    index: indexRung(rung, piece.asset.key, layout),
    frameRate: job.frameRate,
    peakBandwidth: peakBandwidth(layout),
    playlistKey: playlist.asset.key,
    size,
  }));
  const remade = new Set(made.map(({ index }) => index.rung));
  const all = [...made, ...job.before.filter(({ index }) => !remade.has(index.rung))].toSorted(
    (a, b) => b.index.rung - a.index.rung,
  );
  const durationSeconds = roundToMs(Math.max(...packaged.map(({ layout }) => layout.durationSeconds)));
  const rungs = all.map(({ index, ...facts }) => packagedRung(index, { ...facts, durationSeconds }));
  const variants = rungs.map((rung, n) => ({ ...rung, uri: nameOf(all[n]?.playlistKey ?? '') }));
  const chunkIndex: ChunkIndex = {
    version: 1,
    durationSeconds,
    rungs: all.map(({ index }) => ({ ...index, key: job.standsFor?.get(index.rung) ?? index.key })),
  };
  const manifest = async (name: string, role: Asset['role'], text: string): Promise<Piece> => {
    const path = join(job.workDir, name);
    await writeFile(path, text);
    return pieceOf(job.videoId, path, name, { role });
  };
  const manifests = [
    await manifest('master.m3u8', 'hls-master', masterPlaylist(variants)),
    await manifest('manifest.mpd', 'dash', dashManifest(rungs)),
    await manifest('chunks.json', 'chunks', JSON.stringify(chunkIndex)),
  ];
  return { chunkIndex, manifests };
}

function shapeOf({ width, height }: { readonly width: number; readonly height: number }) {
  return { width, height };
}

function roundToMs(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
