import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Ffmpeg } from '../../media/ffmpeg.ts';
import { fingerprintSound, type SoundFingerprint } from '../../media/fingerprint.ts';
import { SONG_RATE, song, speech } from './songs.ts';

const run = promisify(execFile);
export const SONG_SECONDS = 20;

/** What happens to a sound on its way from one server and one telephone to the next, as filters of ffmpeg. */
const CHANGES = {
  original: 'anull',
  'encoded again': 'anull',
  'from the middle': 'atrim=start=4.37:duration=12,asetpts=PTS-STARTPTS',
  'over a telephone': 'highpass=f=300,highpass=f=300,lowpass=f=3400,lowpass=f=3400,volume=-9dB',
  'faster by 5 %': 'atempo=1.05',
  'slower by 5 %': 'atempo=0.95',
} as const;
const TALKED_OVER = 'talked over';

export type Change = keyof typeof CHANGES | typeof TALKED_OVER;
export const changes: readonly Change[] = [...(Object.keys(CHANGES) as Change[]), TALKED_OVER];
/** Those after which a sound has to be found. */
export const found: readonly Change[] = changes.filter((one) => one !== 'original' && one !== TALKED_OVER);

/** The fingerprints of one song (a number: one that a program makes; else a file), as each change leaves it. */
export async function printsOf(
  ffmpeg: Ffmpeg,
  source: number | string,
  directory: string,
): Promise<Record<Change, SoundFingerprint>> {
  await mkdir(directory, { recursive: true });
  try {
    const raw = ['-f', 's16le', '-ar', String(SONG_RATE), '-ac', '1', '-i'];
    const voicePath = join(directory, 'voice.raw');
    await writeFile(voicePath, bytesOf(speech(typeof source === 'number' ? source : 1, SONG_SECONDS)));
    const songPath = typeof source === 'string' ? source : join(directory, 'song.raw');
    if (typeof source === 'number') await writeFile(songPath, bytesOf(song(source, SONG_SECONDS)));
    const input =
      typeof source === 'number' ? [...raw, songPath] : ['-t', String(SONG_SECONDS), '-i', songPath];
    const entries = Object.entries(CHANGES);
    const split = entries.map((_, n) => `[in${n}]`).join('');
    const graph = [
      `[0:a]asplit=${entries.length + 1}${split}[under]`,
      ...entries.map(([, filter], n) => `[in${n}]${filter}[out${n}]`),
      `[under][1:a]amix=inputs=2:weights=1 0.8:duration=first[out${entries.length}]`,
    ];
    const pathOf = (n: number) => join(directory, `${n}.m4a`);
    const outputs = changes.flatMap((change, n) => [
      ...['-map', `[out${n}]`, '-vn', '-ac', '1', '-c:a', 'aac'],
      ...['-b:a', change === 'original' ? '128k' : '48k', '-f', 'mp4', pathOf(n)],
    ]);
    await run('ffmpeg', [
      ...['-v', 'error', '-y', ...input, ...raw, voicePath, '-filter_complex', graph.join(';')],
      ...outputs,
    ]);
    const prints = new Map<string, SoundFingerprint>();
    for (const [n, change] of changes.entries()) {
      const taken = await fingerprintSound(ffmpeg, { mp4Path: pathOf(n), scratchDirectory: directory });
      if (!taken.ok || !taken.prints) throw new Error(`No fingerprint of ${source}, ${change}`);
      prints.set(change, taken.prints.banded);
    }
    return Object.fromEntries(prints) as Record<Change, SoundFingerprint>;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const bytesOf = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
