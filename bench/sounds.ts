import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { soundLimits } from '../config/sound-limits.ts';
import { createFfmpeg } from '../media/ffmpeg.ts';
import { fingerprintBytes, type SoundFingerprint } from '../media/fingerprint.ts';
import { align, soundKeys } from '../media/sound-match.ts';
import { type Db, openDatabase, transactions } from '../src/db/database.ts';
import { migrate } from '../src/db/migrate.ts';
import type { SoundId } from '../src/lib/ids.ts';
import { createLogger } from '../src/lib/log.ts';
import { CANDIDATES_SQL, indexSound, lookedUp, soundsLike } from '../src/modules/sounds/matching.ts';
import type { Bench, Measurement } from './measurement.ts';
import { withStack } from './server.ts';
import { type Change, changes, found, printsOf, SONG_SECONDS } from './sounds/changes.ts';
import { chance } from './sounds/songs.ts';

/** Real music, where the folder of `SHARED_DIR` has it. */
const RECORDINGS = ['mdn_outfoxing.mp3'];
const AT_ONCE = 2;
/** Songs that are laid over each other wherever that is possible: a look-up does that where keys say so. */
const EACH_OVER_EACH = 50;

type Prints = Record<Change, SoundFingerprint>;

/**
 * How well sounds are found again: songs that a program makes, and some real ones, each changed in every way; then how long one look-up takes
 * among many sounds, against laying the sound over each of them.
 */
export const sounds: Bench = ({ isSmall }) =>
  withStack(async ({ dir, databaseUrl }) => {
    await migrate(databaseUrl);
    const db = openDatabase(databaseUrl);
    try {
      const songs = await songsOf(isSmall ? 12 : 200, dir);
      for (const [n, { original }] of songs.entries()) await addSound(db, n + 1, original);
      return [...(await recall(db, songs)), ...(await lookups(db, songs, isSmall ? 2_000 : 100_000))];
    } finally {
      await db.destroy();
    }
  });

async function songsOf(count: number, directory: string): Promise<Prints[]> {
  const ffmpeg = createFfmpeg({
    ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 1 },
    log: createLogger('silent'),
  });
  const real = RECORDINGS.map((name) => join(process.env.SHARED_DIR ?? '', 'media-corpus', name));
  const sources = [...real.filter((path) => existsSync(path)), ...Array.from({ length: count }, (_, n) => n)];
  const songs: Prints[] = [];
  const waiting = sources.slice(0, count).entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [n, source] of waiting) {
        songs[n] = await kept(String(source), () => printsOf(ffmpeg, source, join(directory, `song-${n}`)));
      }
    }),
  );
  return songs;
}

/** What was made of a song in an earlier run, where BENCH_SOUNDS_DATA says where that is. */
async function kept(source: string, make: () => Promise<Prints>): Promise<Prints> {
  const folder = process.env.BENCH_SOUNDS_DATA;
  if (folder === undefined) return make();
  const path = join(folder, `${basename(source)}.json`);
  const before = await readFile(path, 'utf8').then(
    (text): Record<Change, number[]> => JSON.parse(text),
    () => null,
  );
  if (before) {
    return Object.fromEntries(changes.map((change) => [change, Uint32Array.from(before[change])])) as Prints;
  }
  const made = await make();
  await mkdir(folder, { recursive: true });
  await writeFile(
    path,
    JSON.stringify(Object.fromEntries(changes.map((change) => [change, [...made[change]]]))),
  );
  return made;
}

async function addSound(db: Db, n: number, print: SoundFingerprint): Promise<void> {
  await transactions(db)(async (tx) => {
    await tx('sounds').insert({ id: n, print: fingerprintBytes(print) });
    await indexSound(tx, String(n) as SoundId, print);
  });
}

/** How many of the changed songs are found, and how many pairs of different songs are taken for the same. */
async function recall(db: Db, songs: readonly Prints[]): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  let wrong = 0;
  for (const change of changes) {
    let hits = 0;
    for (const [n, prints] of songs.entries()) {
      const [heard] = await soundsLike(db, prints[change]);
      if (heard?.verdict !== 'same') continue;
      if (heard.soundId === String(n + 1)) hits += 1;
      else wrong += 1;
    }
    const value = hits / songs.length;
    const metric = `found, ${change}`;
    measured.push({
      metric,
      value,
      unit: '',
      baseline: 1,
      ...(found.includes(change) ? { goal: 0.95 } : {}),
    });
  }
  const pairs = songs.length * (songs.length - 1);
  const rate = { unit: '', baseline: 1, goal: 0.001, lessIsBetter: true } as const;
  const few = songs.slice(0, EACH_OVER_EACH);
  const alike = few.reduce((sum, one, n) => sum + takenForTheSame(one, few.toSpliced(n, 1)), 0);
  return [
    ...measured,
    { metric: 'false matches of all pairs, by the index', value: wrong / (pairs * changes.length), ...rate },
    {
      metric: 'false matches of some, each laid over each',
      value: alike / (few.length * (few.length - 1) * 2),
      ...rate,
    },
  ];
}

/** How many other songs a song is taken for, wherever the two are laid over each other: as it is, and over a telephone. */
function takenForTheSame({ original }: Prints, others: readonly Prints[]): number {
  const wherever = { shift: 0, width: original.length };
  return others
    .flatMap((other) => [other['encoded again'], other['over a telephone']])
    .filter((heard) => align(original, heard, wherever).verdict === 'same').length;
}

/** How long it takes to find a sound among so many, and what PostgreSQL does for it. */
async function lookups(db: Db, songs: readonly Prints[], count: number): Promise<Measurement[]> {
  await loadOthers(db, songs, count);
  const times: number[] = [];
  for (const prints of songs) {
    for (const change of found) {
      const begun = performance.now();
      await soundsLike(db, prints[change]);
      times.push(performance.now() - begun);
    }
  }
  times.sort((a, b) => a - b);
  const [one, other] = [songs[0], songs[1]];
  if (!one || !other) throw new Error('There are no songs.');
  const plan: { rows: Record<string, string>[] } = await db.raw(
    `explain (analyze, buffers, costs off) ${CANDIDATES_SQL}`,
    lookedUp(one['over a telephone']),
  );
  const lines = plan.rows.flatMap((row) => Object.values(row));
  const { rows: sizes } = await db.raw(`select pg_size_pretty(pg_total_relation_size('sound_keys')) as size`);
  process.stderr.write(`sound_keys of ${count} sounds: ${sizes[0].size}\n${lines.join('\n')}\n`);
  const begun = performance.now();
  for (let n = 0; n < 200; n += 1)
    align(one.original, other.original, { shift: 0, width: one.original.length });
  const each = ((performance.now() - begun) / 200) * count;
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return [
    {
      metric: `look-up among ${count} sounds, p50`,
      value: at(0.5),
      unit: 'ms',
      baseline: each,
      lessIsBetter: true,
    },
    {
      metric: `look-up among ${count} sounds, p95`,
      value: at(0.95),
      unit: 'ms',
      baseline: each,
      lessIsBetter: true,
    },
  ];
}

const BATCH = 500;

/**
 * So many more sounds, whose keys are as common as those of real ones: values of the songs, in another order and with
 * some bits turned.
 */
async function loadOthers(db: Db, songs: readonly Prints[], count: number): Promise<void> {
  const values = songs.flatMap(({ original }) => [...original]);
  const next = chance(count);
  const length = SONG_SECONDS * 7;
  await db.raw('alter table sound_keys drop constraint sound_keys_pkey');
  for (let from = 0; from < count; from += BATCH) {
    const ids: number[] = [];
    const keys: number[] = [];
    const positions: number[] = [];
    const rows: { id: number; print: Buffer }[] = [];
    for (let n = from; n < Math.min(count, from + BATCH); n += 1) {
      const id = 1_000_000 + n;
      const print = Uint32Array.from({ length }, () => {
        const value = values[Math.floor(next() * values.length)] ?? 0;
        return (value ^ (1 << Math.floor(next() * 32)) ^ (1 << Math.floor(next() * 32))) >>> 0;
      });
      rows.push({ id, print: fingerprintBytes(print) });
      for (const { key, position } of soundKeys(print, soundLimits.keyEvery)) {
        ids.push(id);
        keys.push(key);
        positions.push(position);
      }
    }
    await db('sounds').insert(rows);
    await db.raw(
      'insert into sound_keys (key, sound_id, position) select * from unnest(?::int[], ?::bigint[], ?::int[])',
      [keys, ids, positions],
    );
  }
  await db.raw('alter table sound_keys add primary key (key, sound_id, position)');
  await db.raw('vacuum analyze sound_keys');
  await db.raw('analyze sounds');
}
