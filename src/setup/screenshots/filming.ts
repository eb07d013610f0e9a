import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import type { clips } from './community.ts';
import { paint } from './painter.ts';

type Clip = (typeof clips)[number];

const FRAME_RATE = 24;
const SECONDS = 6;
const LONG_SIDE = 960;
const SHORT_SIDE = 540;

const ffmpeg = (args: readonly string[]) =>
  promisify(execFile)(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-v', 'error', '-y', ...args]);

/** Makes the file that is uploaded for a clip: painted picture by picture on a page, or by ffmpeg alone. */
export async function film(page: Page, clip: Clip, path: string): Promise<void> {
  const folder = `${path}.frames`;
  const pictures =
    'filter' in clip.picture
      ? ['-f', 'lavfi', '-i', clip.picture.filter]
      : ['-framerate', String(FRAME_RATE), '-i', join(folder, '%04d.jpg')];
  if (!('filter' in clip.picture)) await paintInto(folder, page, clip.picture, clip.wide === true);
  const tones = clip.chord
    .map((hertz) => `0.09*sin(2*PI*${hertz}*t)*(0.7+0.3*sin(PI*t/${SECONDS}))`)
    .join('+');
  await ffmpeg([
    ...pictures,
    ...['-f', 'lavfi', '-i', `aevalsrc=${tones}:s=48000`],
    ...['-t', String(SECONDS), '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-af', `afade=t=in:d=0.4,afade=t=out:st=${SECONDS - 0.6}:d=0.6`],
    path,
  ]);
  await rm(folder, { recursive: true, force: true });
}

type Painted = Exclude<Clip['picture'], { readonly filter: string }>;

async function paintInto(folder: string, page: Page, scene: Painted, isWide: boolean): Promise<void> {
  const [width, height] = isWide ? [LONG_SIDE, SHORT_SIDE] : [SHORT_SIDE, LONG_SIDE];
  const all = await page.evaluate(paint, { scene, film: { width, height, frames: FRAME_RATE * SECONDS } });
  await mkdir(folder, { recursive: true });
  await Promise.all(
    all.map((jpeg, n) =>
      writeFile(join(folder, `${String(n + 1).padStart(4, '0')}.jpg`), Buffer.from(jpeg, 'base64')),
    ),
  );
}

/** A square picture for an account. */
export async function drawAvatar(colors: readonly [string, string], path: string): Promise<void> {
  const [from, to] = colors;
  await ffmpeg([
    ...['-f', 'lavfi', '-i', `gradients=size=200x200:c0=${from}:c1=${to}:x0=0:y0=0:x1=200:y1=200:d=1`],
    ...['-frames:v', '1', path],
  ]);
}

/** A broad picture for the head of a profile: a frame of a clip. */
export async function drawHeader(clip: string, path: string): Promise<void> {
  await ffmpeg([
    '-ss',
    '3',
    '-i',
    clip,
    '-frames:v',
    '1',
    '-vf',
    'crop=iw:iw/3:0:ih*0.5,scale=1200:400',
    path,
  ]);
}
