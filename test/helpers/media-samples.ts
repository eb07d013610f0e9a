import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, open, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';

/**
 * Media files for tests: plain ones, odd ones and hostile ones (media.md 3.2, security.md M1 to M5). Each function
 * writes one file into a directory and returns its path. They run ffmpeg as it is, without our walls.
 */

const run = promisify(execFile);

/** Runs the system's ffmpeg on files of the test itself. */
export async function ffmpegRaw(...args: string[]): Promise<void> {
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}

/** What the system's ffmpeg writes to its standard output. */
export async function decodeRaw(...args: string[]): Promise<Buffer> {
  const options = { encoding: 'buffer' as const, maxBuffer: 256 * 1024 * 1024 };
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', ...args, 'pipe:1'], options);
  return stdout;
}

/** Answers of the system's ffprobe, as parsed JSON. */
export async function ffprobeRaw(path: string, ...args: string[]): Promise<Probed> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', ...args, path], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Probed;
}

export interface Probed {
  readonly streams?: readonly Record<string, never>[];
  readonly packets?: readonly { pts_time: string; dts_time: string; duration_time: string; flags: string }[];
  readonly format?: { readonly duration: string; readonly tags?: Record<string, string> };
}

/** A file of the shared corpus of real recordings, or null where the folder is not there. */
export function corpusFile(name: string): string | null {
  const path = resolve(process.env.SHARED_DIR ?? '../shared', 'media-corpus', name);
  return existsSync(path) ? path : null;
}

/** What to say where the corpus is missing. */
export const corpusNote = 'needs the media corpus: set SHARED_DIR to the folder that holds media-corpus';

interface ClipOptions {
  readonly seconds?: number;
  readonly size?: string;
  readonly rate?: number;
  readonly sound?: boolean;
  /** Further output options. */
  readonly args?: readonly string[];
}

/** A small clean clip: a moving test picture with a tone. */
export async function clip(directory: string, name: string, options: ClipOptions = {}): Promise<string> {
  const { seconds = 1, size = '320x240', rate = 10, sound = true, args = [] } = options;
  const path = join(directory, name);
  await ffmpegRaw(
    ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
    ...(sound ? ['-f', 'lavfi', '-i', `sine=f=440:r=48000:d=${seconds}`] : []),
    ...['-pix_fmt', 'yuv420p', '-preset', 'ultrafast', ...args, `file:${path}`],
  );
  return path;
}

/** White flashes and beeps that start together at every whole second of a dark and silent clip. */
export async function clapper(
  directory: string,
  name: string,
  seconds: number,
  size = '640:360',
): Promise<string> {
  const path = join(directory, name);
  const flash = "geq=lum='if(lt(mod(T,1),0.1)*gte(T,1),235,16)':cb=128:cr=128";
  const beep = "aevalsrc='if(lt(mod(t,1),0.1)*gte(t,1),0.8*sin(2*PI*1000*t),0)':s=44100";
  await ffmpegRaw(
    ...['-f', 'lavfi', '-i', `color=black:s=32x18:r=30:d=${seconds},${flash},scale=${size}:flags=neighbor`],
    ...['-f', 'lavfi', '-i', `${beep}:d=${seconds}`],
    ...['-pix_fmt', 'yuv420p', '-preset', 'ultrafast', '-bf', '2', '-c:a', 'aac', `file:${path}`],
  );
  return path;
}

/**
 * Where the first flash and the first beep of a clapper of 30 frames per second lie, in seconds from the first
 * picture and the first sample, and how many pictures there are.
 */
export async function flashAndBeep(path: string, ...inputOptions: string[]) {
  const from = [...inputOptions, '-i', path];
  const sound = await decodeRaw(...from, '-map', '0:a', '-f', 's16le', '-ac', '1', '-ar', '48000');
  const samples = new Int16Array(sound.buffer, sound.byteOffset, sound.length >> 1);
  const pixels = ['-vf', 'scale=1:1', '-pix_fmt', 'gray', '-f', 'rawvideo'];
  const picture = await decodeRaw(...from, '-map', '0:v', ...pixels);
  return {
    beep: samples.findIndex((sample) => Math.abs(sample) > 4_000) / 48_000,
    flash: picture.findIndex((grey) => grey > 128) / 30,
    frames: picture.length,
  };
}

/** A clip that says where, when and with what it was made, in every place phones put it. */
export async function taggedClip(directory: string, name: string): Promise<string> {
  return clip(directory, name, {
    args: [
      ...['-metadata', 'title=Secret\u001b[31mtitle', '-metadata', 'comment=<script>alert(1)</script>'],
      ...['-metadata', 'location=+52.5200+013.4050/', '-metadata', 'com.apple.quicktime.make=PhoneMaker'],
      ...['-metadata', 'creation_time=2024-05-06T07:08:09Z', '-metadata:s:v', 'handler_name=SecretHandler'],
      ...['-movflags', 'use_metadata_tags'],
    ],
  });
}

/** A file with this text under this name. */
export async function textFile(directory: string, name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

/** A playlist that sends the reader to an address: a local file or a server. */
export function hlsPlaylist(target: string): string {
  return `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${target}\n#EXT-X-ENDLIST\n`;
}

export function ffconcat(target: string): string {
  return `ffconcat version 1.0\nfile '${target}'\n`;
}

export function dashManifest(target: string): string {
  return `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${target}</BaseURL><SegmentList duration="10"><SegmentURL media="${target}"/></SegmentList></Representation></AdaptationSet></Period></MPD>`;
}

export function sdpSession(port: number): string {
  return `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`;
}

export function svgPicture(target: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="20000" height="20000"><image xlink:href="${target}" width="100" height="100"/></svg>`;
}

/** Bytes in front of a text, so that it looks like an MP4 to a sniffer of magic bytes. */
export const mp4Costume = Buffer.from('\0\0\0\x14ftypisom\0\0\0\0isom', 'latin1');

/** An MP4 cut off in the middle of its media, with its index in front. */
export async function truncatedClip(directory: string, name: string, keep: number): Promise<string> {
  const whole = await clip(directory, `whole-${name}`, {
    seconds: 4,
    args: ['-movflags', '+faststart'],
  });
  const bytes = await readFile(whole);
  return writeBytes(directory, name, bytes.subarray(0, Math.floor(bytes.length * keep)));
}

/** A clip with random bytes written over its media. */
export async function damagedClip(directory: string, name: string): Promise<string> {
  const path = await clip(directory, name, { seconds: 2, args: ['-movflags', '+faststart'] });
  const bytes = await readFile(path);
  const media = bytes.indexOf('mdat') + 8;
  for (let n = 0; n < 50; n += 1) bytes[media + ((n * 7919) % (bytes.length - media))] = (n * 31) & 255;
  await writeFile(path, bytes);
  return path;
}

export async function randomFile(directory: string, name: string, size: number): Promise<string> {
  return writeBytes(directory, name, randomBytes(size));
}

/** One black picture of 8192 x 8192: 756 MB of memory in a decoder without a limit. */
export async function hugePicture(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  await ffmpegRaw(
    ...['-f', 'lavfi', '-i', 'color=black:s=8192x8192:r=1:d=1', '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-pix_fmt', 'yuv420p', `file:${path}`],
  );
  return path;
}

/** One picture of 15 360 x 8640 that a camera might have written, in a few hundred kB. */
export async function hugeJpegs(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  const source = ['-f', 'lavfi', '-i', 'color=black:s=15360x8640:r=1:d=1'];
  await ffmpegRaw(...source, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', `file:${path}`);
  return path;
}

/** An MP4 whose index, at its end, is missing. */
export async function withoutIndex(directory: string, name: string): Promise<string> {
  const bytes = await readFile(await clip(directory, `whole-${name}`, { size: '64x64' }));
  return writeBytes(directory, name, bytes.subarray(0, bytes.indexOf('moov') - 4));
}

/** A picture of 40 000 x 40 000 in less than a megabyte. */
export async function pngBomb(directory: string, name: string): Promise<string> {
  const side = 40_000;
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  return writeBytes(
    directory,
    name,
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.alloc((side / 8 + 1) * side), { level: 1 })),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

/** A GIF that claims 65 535 x 65 535. */
export async function gifBomb(directory: string, name: string): Promise<string> {
  const path = await clip(directory, name, { seconds: 1, size: '64x64', sound: false });
  const bytes = await readFile(path);
  bytes.fill(0xff, 6, 10);
  await writeFile(path, bytes);
  return path;
}

/** Ten hours of a tiny picture, one frame a second. */
export async function tenHours(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  await ffmpegRaw(
    ...['-f', 'lavfi', '-i', 'color=black:s=16x16:r=1:d=36000', '-c:v', 'libx264', '-preset', 'ultrafast'],
    `file:${path}`,
  );
  return path;
}

/**
 * Two frames ten hours apart. With `claimedSeconds` (a Matroska file) the header lies about the length, so only
 * the limits of the transcoder itself are left.
 */
export async function gap(directory: string, name: string, claimedSeconds?: number): Promise<string> {
  const path = join(directory, name);
  await ffmpegRaw(
    ...['-f', 'lavfi', '-i', "color=red:s=320x240:r=10:d=1,setpts='if(eq(N,0),0,36000/TB)'"],
    ...['-frames:v', '2', '-vsync', 'vfr', '-c:v', 'libx264', '-preset', 'ultrafast', `file:${path}`],
  );
  if (claimedSeconds !== undefined) await claimDuration(path, claimedSeconds);
  return path;
}

/** Ten hours, one frame every ten seconds, under a header that claims to hold a few seconds. */
export async function claimingHours(directory: string, name: string, seconds: number): Promise<string> {
  const path = join(directory, name);
  await ffmpegRaw(
    ...['-f', 'lavfi', '-i', 'color=black:s=64x64:r=1/10:d=36000', '-c:v', 'libx264', '-preset', 'ultrafast'],
    `file:${path}`,
  );
  await claimDuration(path, seconds);
  return path;
}

/** Overwrites the Duration element (0x4489, an eight-byte float of milliseconds) of a Matroska file. */
async function claimDuration(path: string, seconds: number): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf(Buffer.from([0x44, 0x89, 0x88]));
  if (at < 0) throw new Error('The Matroska file carries no duration');
  bytes.writeDoubleBE(seconds * 1_000, at + 3);
  await writeFile(path, bytes);
}

/** One picture track and many sound tracks. */
export async function manyTracks(directory: string, name: string, count: number): Promise<string> {
  const source = await clip(directory, `one-${name}`, { seconds: 1, size: '64x64' });
  const path = join(directory, name);
  const maps = Array.from({ length: count }, () => ['-map', '0:a']).flat();
  await ffmpegRaw('-i', source, '-map', '0:v', ...maps, '-c', 'copy', `file:${path}`);
  return path;
}

/** A codec whose decoder has been used for attacks (CVE-2026-8461) and is not on our list. */
export async function forbiddenCodec(directory: string, name: string): Promise<string> {
  return clip(directory, name, { size: '64x64', args: ['-c:v', 'magicyuv', '-pix_fmt', 'gbrp'] });
}

/** A copy of a file under an odd name. */
export async function renamed(directory: string, source: string, name: string): Promise<string> {
  const path = `${directory}/${name}`;
  await copyFile(source, path);
  return path;
}

/** The bytes of one file appended to another: an MP4 that is also a web page, for instance. */
export async function appendTo(path: string, bytes: string): Promise<string> {
  const handle = await open(path, 'a');
  await handle.appendFile(bytes);
  await handle.close();
  return path;
}

export async function writeBytes(directory: string, name: string, bytes: Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
