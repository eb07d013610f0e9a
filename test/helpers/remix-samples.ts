import { join } from 'node:path';
import { decodeRaw, ffmpegRaw } from './media-samples.ts';

/** Four colours as ffmpeg names them: upper left, upper right, lower left, lower right. */
export type Quarters = readonly [string, string, string, string];

export const OWN: Quarters = ['0xd02020', '0x20b020', '0x2030d0', '0xd0c020'];
export const ORIGINAL: Quarters = ['0xc020c0', '0x20c0c0', '0xe0e0e0', '0x606060'];
/** What the original shows after its second second. */
export const LATER: Quarters = ['0x103010', '0x603010', '0x101060', '0x306030'];

interface Quartered {
  readonly colours: Quarters;
  readonly size: readonly [number, number];
  readonly seconds: number;
  readonly rate?: number;
  /** A tone of so many hertz; without it there is no sound track. */
  readonly tone?: number;
  /** Colours from the second second on. */
  readonly later?: Quarters;
  /** Further output options. */
  readonly args?: readonly string[];
}

/** A clip of four coloured quarters, with a tone: what became of it is seen by its colours and heard by its pitch. */
export async function quartered(directory: string, name: string, clip: Quartered): Promise<string> {
  const { colours, size, seconds, rate = 30, tone, later, args = [] } = clip;
  const [width, height] = size;
  const quarter = (colour: string, length: number) =>
    `color=${colour}:s=${width / 2}x${height / 2}:r=${rate}:d=${length}`;
  const stacked = (four: Quarters, length: number, label: string) => {
    const inputs = four.map((colour, n) => `${quarter(colour, length)}[${label}${n}]`);
    const names = four.map((_, n) => `[${label}${n}]`).join('');
    return [...inputs, `${names}xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0[${label}]`].join(';');
  };
  const graph = later
    ? `${stacked(colours, 2, 'a')};${stacked(later, seconds - 2, 'b')};[a][b]concat=n=2:v=1:a=0[v]`
    : `${stacked(colours, seconds, 'a')};[a]null[v]`;
  const path = join(directory, name);
  await ffmpegRaw(
    ...(tone ? ['-f', 'lavfi', '-i', `aevalsrc='0.2*sin(2*PI*${tone}*t)':s=48000:d=${seconds}`] : []),
    ...['-filter_complex', `${graph};[v]scale=out_color_matrix=bt601:out_range=tv,format=yuv420p[o]`],
    ...[
      '-map',
      '[o]',
      ...(tone ? ['-map', '0:a'] : []),
      '-preset',
      'ultrafast',
      '-colorspace',
      'smpte170m',
      ...args,
      `file:${path}`,
    ],
  );
  return path;
}

/** The colours of points of a picture, `at` seconds into a file; both parts of a point are from 0 to 1. The file is read once for all of them. */
export async function coloursAt(
  path: string,
  at: number,
  points: readonly (readonly [x: number, y: number])[],
): Promise<string[]> {
  const pixel = 'scale=1:1:flags=area:in_color_matrix=bt709,format=rgb24';
  const pixels = points.map(
    ([x, y], n) => `[p${n}]crop=8:8:min(iw-8\\,iw*${x}):min(ih-8\\,ih*${y}),${pixel}[c${n}]`,
  );
  const names = (letter: string) => points.map((_, n) => `[${letter}${n}]`).join('');
  const joined = points.length > 1 ? `hstack=inputs=${points.length}` : 'null';
  const graph = `[0:v]split=${points.length}${names('p')};${pixels.join(';')};${names('c')}${joined}[o]`;
  const found = await decodeRaw(
    ...['-ss', String(at), '-i', path, '-filter_complex', graph, '-map', '[o]', '-frames:v', '1'],
    ...['-f', 'rawvideo'],
  );
  // `apart` takes no colour for near to any.
  if (found.length !== 3 * points.length) throw new Error(`${path} has no picture at ${at} s.`);
  return points.map((_, n) => `0x${found.subarray(3 * n, 3 * n + 3).toString('hex')}`);
}

/** The same of one point. */
export async function colourAt(path: string, at: number, x: number, y: number): Promise<string> {
  const [colour = ''] = await coloursAt(path, at, [[x, y]]);
  return colour;
}

/** How far two colours are apart: the largest difference of a channel. */
export function apart(a: string, b: string): number {
  const parts = (colour: string) => [...Buffer.from(colour.slice(2), 'hex')];
  const [one, other] = [parts(a), parts(b)];
  return Math.max(...one.map((value, n) => Math.abs(value - (other[n] ?? 0))));
}

/** How strong tones of so many hertz are in a part of the sound of a file, each from 0 to 1 (Goertzel). The file is read once for all of them. */
export async function tonesIn<Tones extends Readonly<Record<string, number>>>(
  path: string,
  tones: Tones,
  from: number,
  seconds: number,
): Promise<Record<keyof Tones, number>> {
  const pcm = await decodeRaw(
    ...['-i', path, '-map', '0:a', '-af', `atrim=start=${from}:duration=${seconds}`],
    ...['-f', 's16le', '-ac', '1', '-ar', '48000'],
  );
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length >> 1);
  const found = Object.entries(tones).map(([name, hertz]) => [name, strengthOf(hertz, samples)]);
  return Object.fromEntries(found) as Record<keyof Tones, number>;
}

function strengthOf(hertz: number, samples: Int16Array): number {
  const factor = 2 * Math.cos((2 * Math.PI * hertz) / 48_000);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample / 32_768 + factor * last - before];
  const power = last * last + before * before - factor * last * before;
  return (2 * Math.sqrt(Math.max(0, power))) / Math.max(1, samples.length);
}
