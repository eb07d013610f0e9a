import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clip, ffmpegRaw, writeBytes } from './media-samples.ts';

/** Files that ffmpeg does not write: ISO-BMFF boxes added or renamed by hand. Each function gives the path. */

/** Where the children of a box begin, from its start, for those that hold more than children. */
const HEADERS: Readonly<Record<string, number>> = { stsd: 16, avc1: 86, av01: 86 };
const BOX_HEADER = 8;

/** Puts a box at the end of the one that lies at a path; all around it grow. What lies behind must not be media. */
function withBox(file: Buffer, path: readonly string[], box: Buffer): Buffer {
  const grown: number[] = [];
  let [from, to] = [0, file.length];
  for (const type of path) {
    let at = from;
    while (at + BOX_HEADER <= to && file.toString('latin1', at + 4, at + 8) !== type)
      at += file.readUInt32BE(at);
    if (at + BOX_HEADER > to) throw new Error(`There is no ${type}.`);
    grown.push(at);
    [from, to] = [at + (HEADERS[type] ?? BOX_HEADER), at + file.readUInt32BE(at)];
  }
  const made = Buffer.concat([file.subarray(0, to), box, file.subarray(to)]);
  for (const at of grown) made.writeUInt32BE(made.readUInt32BE(at) + box.length, at);
  return made;
}

/** Gives another name to what follows the only `stsd` of such a kind. */
function withEntryNamed(file: Buffer, from: string, to: string): Buffer {
  file.write(to, file.indexOf(from, file.indexOf('stsd')), 'latin1');
  return file;
}

const sampleEntry = (type: string) => ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', type];

/** Version 1.0 of the configuration of Dolby Vision (ISO-BMFF annex of its specification): base layer and metadata. */
function dolbyVision(profile: number): Buffer {
  const box = Buffer.alloc(BOX_HEADER + 24);
  box.writeUInt32BE(box.length);
  box.write('dvvC', 4, 'latin1');
  box[8] = 1;
  const [level, hasMetadata, hasBase, likeSdr] = [1, 1, 1, 2];
  box.writeUInt16BE((profile << 9) | (level << 3) | (hasMetadata << 2) | hasBase, 10);
  box[12] = likeSdr << 4;
  return box;
}

/** Dolby Vision whose base layer is H.264 (profile 9), under the name that says so. */
export async function dolbyVisionOnH264(directory: string, name: string): Promise<string> {
  const plain = await readFile(await clip(directory, `plain-${name}`, { size: '128x96' }));
  const made = withBox(plain, sampleEntry('avc1'), dolbyVision(9));
  return writeBytes(directory, name, withEntryNamed(made, 'avc1', 'dva1'));
}

/** Dolby Vision on AV1 (profile 10), which is no AV1 to players that do not know it. */
export async function dolbyVisionOnAv1(directory: string, name: string): Promise<string> {
  const av1 = ['-c:v', 'libaom-av1', '-cpu-used', '8'];
  const plain = await readFile(await clip(directory, `plain-${name}`, { size: '64x64', args: av1 }));
  const made = withBox(plain, sampleEntry('av01'), dolbyVision(10));
  return writeBytes(directory, name, withEntryNamed(made, 'av01', 'dav1'));
}

/** A motion photo of a phone: beside the film, a larger track of three pictures, two a second, in front of it. */
export async function motionPhoto(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  const stills = ['-f', 'lavfi', '-i', 'color=red:s=640x480:r=2:d=1.5'];
  const film = ['-f', 'lavfi', '-i', 'testsrc2=s=128x96:r=30:d=1.5'];
  const tone = ['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=1.5'];
  const maps = ['-map', '0:v', '-map', '1:v', '-map', '2:a', '-disposition:v:0', 'default'];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  await ffmpegRaw(...stills, ...film, ...tone, ...maps, ...codec, `file:${path}`);
  return path;
}
