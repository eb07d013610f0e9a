import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeRaw, ffmpegRaw } from './media-samples.ts';
import { lumaOf, type Plane, ssim } from './ssim.ts';

const [width, height] = [176, 144];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-ssim-'));
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}`, '-frames:v', '1'];
  await ffmpegRaw(...source, '-pix_fmt', 'gray', join(directory, 'original.png'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function planeOf(path: string): Promise<Plane> {
  const pixels = await decodeRaw('-i', path, '-pix_fmt', 'gray', '-f', 'rawvideo');
  return { width, height, pixels };
}

test.each([
  ['noise', 'noise=alls=30', 0.99],
  ['blur', 'gblur=sigma=2', 0.95],
  ['another brightness', 'eq=brightness=0.1', 0.99],
  ['left and right changed', 'hflip', 0.6],
])('agrees with ffmpeg about %s', async (_name, filter, below) => {
  const [original, changed] = [join(directory, 'original.png'), join(directory, 'changed.png')];
  await ffmpegRaw('-i', original, '-vf', `${filter},format=gray`, changed);
  const inputs = ['-i', original, '-i', changed];
  const printed = await decodeRaw(...inputs, '-lavfi', 'ssim=stats_file=-', '-f', 'null');
  const theirs = Number(/ Y:([\d.]+)/.exec(printed.toString())?.[1]);
  const ours = ssim(await planeOf(original), await planeOf(changed));
  expect(Math.abs(ours - theirs)).toBeLessThan(0.002);
  expect(ours).toBeLessThan(below);
});

test('the same picture is like itself, and its negative is not', async () => {
  const plane = await planeOf(join(directory, 'original.png'));
  expect(ssim(plane, plane)).toBeCloseTo(1, 10);
  expect(ssim(plane, { ...plane, pixels: plane.pixels.map((value) => 255 - value) })).toBeLessThan(0.2);
});

test('brightness is weighed as eyes do', () => {
  expect([...lumaOf(Uint8Array.of(255, 0, 0, 9, 0, 255, 0, 9, 255, 255, 255, 9), 4)]).toEqual([54, 182, 255]);
});
