import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { brandLimits } from '../../../config/brand-limits.ts';
import { readClearPicture } from '../../../media/clear-picture.ts';
import type { Ffmpeg } from '../../../media/ffmpeg.ts';
import { type PictureReason, reencodeImage } from '../../../media/poster.ts';
import { encodePng } from '../../lib/png.ts';
import { type Failure, ok } from '../../lib/result.ts';
import type { BrandRole } from './model.ts';

export interface MakeDeps {
  readonly ffmpeg: Ffmpeg;
  /** Folder for unfinished work. */
  readonly workDir: string;
}

/** A clean picture, ready to be stored. */
export interface MadeBrand {
  readonly ok: true;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly blurhash: string | null;
}

/** Decodes a picture and encodes it again: a logo and an icon as PNG, which may be seen through, and a banner as JPEG. */
export async function makeBrandPicture(
  { ffmpeg, workDir }: MakeDeps,
  role: BrandRole,
  sourcePath: string,
): Promise<MadeBrand | Failure<PictureReason>> {
  await mkdir(workDir, { recursive: true });
  const dir = await mkdtemp(join(workDir, 'brand-'));
  try {
    if (role === 'banner') return await bannerOf(ffmpeg, sourcePath, join(dir, 'picture.jpg'));
    const isSquare = role === 'icon';
    const read = await readClearPicture(ffmpeg, {
      ...{ sourcePath, pixelsPath: join(dir, 'picture.rgba'), outputDirectory: dir, isSquare },
      maxWidth: isSquare ? brandLimits.iconPixels : brandLimits.maxLogoWidth,
      maxHeight: isSquare ? brandLimits.iconPixels : brandLimits.maxLogoHeight,
    });
    if (!read.ok) return read;
    const { width, height } = read;
    return made(encodePng(read), { width, height, blurhash: null });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function bannerOf(
  ffmpeg: Ffmpeg,
  sourcePath: string,
  outputPath: string,
): Promise<MadeBrand | Failure<PictureReason>> {
  const poster = await reencodeImage(ffmpeg, { sourcePath, outputPath });
  if (!poster.ok) return poster;
  const { width, height, blurhash } = poster;
  return made(await readFile(outputPath), { width, height, blurhash });
}

const made = (bytes: Uint8Array, facts: Pick<MadeBrand, 'width' | 'height' | 'blurhash'>): MadeBrand =>
  ok({ bytes, sha256: createHash('sha256').update(bytes).digest('hex'), ...facts });
