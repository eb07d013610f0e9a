import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, changes, found, printsOf } from '../../bench/sounds/changes.ts';
import { SONG_RATE, song } from '../../bench/sounds/songs.ts';
import { createFfmpeg, type Ffmpeg } from '../../media/ffmpeg.ts';
import { fingerprintSound, type SoundFingerprint } from '../../media/fingerprint.ts';
import { isTellable } from '../../media/sound-match.ts';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { findSound, heardIn, printOfSound } from '../helpers/sounds.ts';

const SONGS = 5;
const exec = promisify(execFile);
let ffmpeg: Ffmpeg;
let server: TestServer;
let people: People;
let author: Person;
let videos: VideoFactory;
let directory: string;
let songs: Record<Change, SoundFingerprint>[];

beforeAll(async () => {
  server = await startTestServer();
  people = createPeople(server);
  author = await people.signedIn('author');
  videos = createVideoFactory(server.context);
  directory = await mkdtemp(join(tmpdir(), 'vireo-sounds-'));
  ffmpeg = createFfmpeg({
    ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 1 },
    log: createLogger('silent'),
  });
  songs = [];
  for (let n = 0; n < SONGS; n += 1) songs.push(await printsOf(ffmpeg, n, join(directory, String(n))));
}, 300_000);

afterAll(async () => {
  await server?.close();
  if (directory) await rm(directory, { recursive: true, force: true });
});

const heard = (id: VideoId, print: SoundFingerprint | null) => heardIn(server.context, id, print);

describe('sounds that are heard again', () => {
  let known: SoundId[];

  beforeAll(async () => {
    known = [];
    for (const { original } of songs) known.push(await heard(await videos.video(author.account), original));
  });

  test('are as many as there are songs', () => {
    expect(new Set(known).size).toBe(SONGS);
  });

  test.each(found)('are found: %s', async (change) => {
    const hits = await Promise.all(songs.map((prints) => findSound(server.context.db, prints[change])));
    const right = hits.filter((hit, n) => hit?.verdict === 'same' && hit.soundId === known[n]);
    expect(right.length / SONGS).toBeGreaterThanOrEqual(0.95);
  });

  test('are never taken for another', async () => {
    for (const [n, prints] of songs.entries()) {
      for (const change of changes) {
        const hit = await findSound(server.context.db, prints[change]);
        if (hit?.verdict === 'same') expect([change, hit.soundId]).toEqual([change, known[n]]);
      }
    }
  });

  test('are the sound of the video, wherever that comes from', async () => {
    const far = await people.remote('far');
    const copy = await videos.video(far, {});
    const prints = songs[3] as Record<Change, SoundFingerprint>;
    expect(await heard(copy, prints['over a telephone'])).toBe(known[3]);
    // A job that was cut off after its last step does it again.
    expect(await heard(copy, prints['encoded again'])).toBe(known[3]);
    const { db } = server.context;
    expect(await db('sounds').where({ id: known[3] }).first('uses')).toEqual({ uses: 2 });
    await db('videos').where({ id: copy }).update({ visibility: 'followers' });
    expect(await db('sounds').where({ id: known[3] }).first('uses')).toEqual({ uses: 1 });
    await db('videos').where({ id: copy }).delete();
    expect(await db('sounds').where({ id: known[3] }).first('uses')).toEqual({ uses: 1 });
  });
});

test('what cannot be told from others is a sound of its own each time', async () => {
  const silence = new Uint32Array(140).fill(627_964_279);
  const tone = Uint32Array.from({ length: 140 }, (_, n) => printOfSound(9, 20)[n % 20] ?? 0);
  for (const print of [silence, tone, printOfSound(1, 39), null]) {
    const first = await heard(await videos.video(author.account), print);
    const second = await heard(await videos.video(author.account), print);
    expect(second).not.toBe(first);
    expect(await server.context.db('sound_keys').where({ sound_id: first })).toEqual([]);
  }
});

/** The fingerprint of what ffmpeg makes of an input by a filter, as of a video. */
async function printOf(input: readonly string[], filter: string): Promise<SoundFingerprint> {
  const mp4Path = join(directory, 'made.m4a');
  const output = ['-af', filter, '-ac', '1', '-ar', '48000', '-c:a', 'aac', '-b:a', '96k', '-f', 'mp4'];
  await exec('ffmpeg', ['-v', 'error', '-y', ...input, ...output, mp4Path]);
  const taken = await fingerprintSound(ffmpeg, { mp4Path, scratchDirectory: directory });
  if (!taken.ok || !taken.prints) throw new Error('No fingerprint');
  return taken.prints.banded;
}

describe('what many sounds share', { timeout: 120_000 }, () => {
  test('a long silence: it is by what is heard beside that that one is known', async () => {
    const some: SoundId[] = [];
    for (const seed of [31, 32, 33]) {
      const path = join(directory, 'short.raw');
      await writeFile(path, new Uint8Array(song(seed, 8).buffer));
      const input = ['-f', 's16le', '-ar', String(SONG_RATE), '-ac', '1', '-i', path];
      const [early, late] = [
        await printOf(input, 'adelay=3000,apad=pad_dur=60'),
        await printOf(input, 'volume=-6dB,adelay=7000,apad=pad_dur=40'),
      ];
      const soundId = await heard(await videos.video(author.account), early);
      expect(await heard(await videos.video(author.account), late)).toBe(soundId);
      some.push(soundId);
    }
    expect(new Set(some).size).toBe(3);
  });

  test('rain and wind, which are like any other', async () => {
    const some: SoundId[] = [];
    for (const [colour, seed] of ['white', 'pink', 'brown'].flatMap((one) =>
      [3, 14, 159].map((n) => [one, n]),
    )) {
      const source = `anoisesrc=c=${colour}:seed=${seed}:d=20:a=0.3:r=48000`;
      const print = await printOf(['-f', 'lavfi', '-i', source], 'tremolo=f=0.3:d=0.5');
      expect(isTellable(print), source).toBe(false);
      some.push(await heard(await videos.video(author.account), print));
    }
    expect(new Set(some).size).toBe(9);
  });

  test('and a song in the rain is known by the song', async () => {
    const rainy = async (seed: number) => {
      const path = join(directory, 'short.raw');
      await writeFile(path, new Uint8Array(song(seed, 8).buffer));
      const rain = ['-f', 'lavfi', '-i', `anoisesrc=c=pink:seed=${seed}:d=40:a=0.2:r=48000`];
      const mixed = join(directory, 'rainy.wav');
      await exec('ffmpeg', [
        ...['-v', 'error', '-y', '-f', 's16le', '-ar', String(SONG_RATE), '-ac', '1', '-i', path, ...rain],
        ...[
          '-filter_complex',
          '[1:a]aresample=48000[r];[0:a]aresample=48000[s];[s][r]concat=n=2:v=0:a=1',
          mixed,
        ],
      ]);
      return printOf(['-i', mixed], 'anull');
    };
    const first = await heard(await videos.video(author.account), await rainy(41));
    const other = await heard(await videos.video(author.account), await rainy(42));
    expect(other).not.toBe(first);
    expect(await heard(await videos.video(author.account), await rainy(41))).toBe(first);
  });
});

test('what is only alike is not put together', async () => {
  const spoilt = printOfSound(2, 140).map((value, n) => value ^ (n % 3 === 0 ? 0xfff : 0x1f));
  const first = await heard(await videos.video(author.account), printOfSound(2, 140));
  expect(await findSound(server.context.db, spoilt)).toMatchObject({ verdict: 'maybe', soundId: first });
  expect(await heard(await videos.video(author.account), spoilt)).not.toBe(first);
});

test('two videos with the same new sound at once have one', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, () => videos.video(author.account)));
  const given = await Promise.all(ids.map((id) => heard(id, printOfSound(5, 140))));
  expect(new Set(given).size).toBe(1);
});

test('a sound that no video has any more is forgotten a day later, and found by nobody', async () => {
  const { db, inTx, sounds } = server.context;
  const id = await videos.video(author.account);
  const soundId = await heard(id, printOfSound(6, 140));
  await inTx((tx) => sounds.forgetUnused(tx));
  await db('sounds')
    .where({ id: soundId })
    .update({ created_at: new Date(Date.now() - 2 * 86_400_000) });
  await db('videos').where({ id }).update({ visibility: 'followers' });
  await inTx((tx) => sounds.forgetUnused(tx));
  expect(await findSound(db, printOfSound(6, 140))).toMatchObject({ soundId });
  await db('videos').where({ id }).delete();
  await inTx((tx) => sounds.forgetUnused(tx));
  expect(await db('sounds').where({ id: soundId }).first()).toBeUndefined();
  expect(await db('sound_keys').where({ sound_id: soundId })).toEqual([]);
});
