import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rung } from '../../media/ladder.ts';
import { firstRung } from '../../media/pipeline.ts';
import { corpusFile, corpusNote } from '../../test/helpers/media-samples.ts';
import type { Bench, Measurement } from '../measurement.ts';
import type { Cost, Ladder } from './make.ts';
import { type Counter, createCounter, measured, median, said } from './measured.ts';
import { compareWith, makeSource, meanSimilarity, OUR_SETTINGS, plainEncode } from './plain.ts';

const MAKE = fileURLToPath(new URL('make.ts', import.meta.url));
const FOOTAGE = 'ax_rotated270_cut.mp4';
/** Everything in turns: the machine is not the same from one moment to the next. */
const ROUNDS = 3;
/** The size whose quality is compared: the one that other servers get. */
const COMPARED = 720;

interface Rig {
  readonly directory: string;
  readonly counter: Counter;
  /** About 17 Mbit/s, too much to be passed on as it is. */
  readonly heavy: string;
  /** About 6 Mbit/s, played as it came. */
  readonly light: string;
  readonly rungs: readonly [Rung, ...Rung[]];
}

/** Seconds of the processor for a whole ladder, of the clock for what somebody waits for. */
interface Round {
  readonly plainCpu: number;
  /** With our own settings of the encoder. */
  readonly alikeCpu: number;
  readonly plainFirst: number;
  readonly lightPlainFirst: number;
  readonly staged: Ladder & Cost;
  readonly whole: Ladder & Cost;
  readonly extras: Cost;
  readonly copiedSeconds: number;
}

/**
 * The media pipeline as a worker runs it, with walls, probing, loudness, packaging, posters, hashing and storing,
 * against plain ffmpeg making the same sizes of the same file, one process for each. Medians of a few rounds.
 */
export const mediaPipeline: Bench = async () => {
  const footage = corpusFile(FOOTAGE);
  if (!footage) throw new Error(`This benchmark ${corpusNote}.`);
  const directory = await mkdtemp(join(tmpdir(), 'vireo-bench-'));
  try {
    const counter = await createCounter(directory);
    const heavy = await makeSource(footage, join(directory, 'heavy.mp4'), '17M');
    const light = await makeSource(footage, join(directory, 'light.mp4'), '6M');
    const { rungs } = await said<Pick<Rig, 'rungs'>>(MAKE, 'plan', heavy, directory, counter.path);
    const rig = { directory, counter, heavy, light, rungs };
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await oneRound(rig));
    return [...costs(rounds), ...waits(rounds), ...(await quality(rig, rounds.at(-1)?.whole.files ?? {}))];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

async function oneRound({ directory, counter, heavy, light, rungs }: Rig): Promise<Round> {
  const ours = async <T>(mode: string, source: string) => {
    const made = await said<T & Cost>(MAKE, mode, source, directory, counter.path);
    return made;
  };
  const plain = (source: string, rung: Rung, more?: readonly string[]) =>
    measured(counter, plainEncode(source, plainPath(directory, rung), rung, more));
  const [first] = firstRung(rungs);
  let [plainCpu, plainFirst, alikeCpu] = [0, 0, 0];

  for (const rung of rungs) alikeCpu += (await plain(heavy, rung, OUR_SETTINGS)).cpuSeconds;
  const staged = await ours<Ladder>('staged', heavy);
  const extras = await ours<object>('extras', staged.files[rungs.at(-1)?.rung ?? 0] ?? '');
  for (const rung of rungs) {
    const { cpuSeconds, wallSeconds } = await plain(heavy, rung);
    plainCpu += cpuSeconds;
    if (rung === first) plainFirst = wallSeconds;
  }
  // What is stored already would cost less to store.
  await rm(join(directory, 'store'), { recursive: true });
  const whole = await ours<Ladder>('whole', heavy);
  const { copiedSeconds } = await ours<{ copiedSeconds: number }>('copied', light);
  const lightPath = join(directory, 'light-plain.mp4');
  const { wallSeconds: lightPlainFirst } = await measured(counter, plainEncode(light, lightPath, first));
  return { plainCpu, alikeCpu, plainFirst, lightPlainFirst, staged, whole, extras, copiedSeconds };
}

function costs(rounds: readonly Round[]): Measurement[] {
  const of = (take: (round: Round) => number) => median(rounds.map(take));
  const common = { unit: 'CPU-seconds', lessIsBetter: true };
  const plain = of(({ plainCpu }) => plainCpu);
  const staged = of(({ staged }) => staged.cpuSeconds);
  const encoders = of(({ staged }) => staged.encoderSeconds);
  const whole = of(({ whole }) => whole.cpuSeconds);
  return [
    { ...common, metric: 'ladder, in stages', value: staged, baseline: plain, goal: 0.7 },
    { ...common, metric: 'ladder, at once', value: whole, baseline: plain, goal: 0.7 },
    {
      ...{ ...common, metric: 'same, x264 alike' },
      ...{ value: staged, baseline: of(({ alikeCpu }) => alikeCpu) },
    },
    // Everything of the staged ladder but its encoders, as a share of what those encoders spend in the same run.
    {
      ...{ ...common, metric: 'all but encoders', goal: 0.1 },
      ...{ value: of(({ staged }) => staged.cpuSeconds - staged.encoderSeconds), baseline: encoders },
    },
    { ...common, metric: 'extras', value: of(({ extras }) => extras.cpuSeconds), baseline: encoders },
  ];
}

/** From a file on the disk until something can be played from the storage, against plain ffmpeg making that size. */
function waits(rounds: readonly Round[]): Measurement[] {
  const of = (take: (round: Round) => number) => median(rounds.map(take));
  const common = { unit: 'seconds', lessIsBetter: true };
  return [
    {
      ...{ ...common, metric: 'first playable', goal: 1.3 },
      ...{ value: of(({ staged }) => staged.firstSeconds), baseline: of((round) => round.plainFirst) },
    },
    {
      ...{ ...common, metric: 'the same, copied' },
      ...{ value: of((round) => round.copiedSeconds), baseline: of((round) => round.lightPlainFirst) },
    },
  ];
}

/** Likeness to the source, and bytes, of one size as it was stored. */
async function quality(
  { directory, counter, heavy, rungs }: Rig,
  files: Ladder['files'],
): Promise<Measurement[]> {
  const rung = rungs.find((one) => one.rung === COMPARED) ?? rungs[0];
  const paths = { ours: files[rung.rung] ?? '', plain: plainPath(directory, rung) };
  const likeness = async (path: string) =>
    meanSimilarity((await measured(counter, compareWith(heavy, path, rung))).stdout);
  const megabytes = async (path: string) => (await stat(path)).size / 1_000_000;
  return [
    {
      ...{ metric: `likeness of ${rung.rung}`, unit: 'SSIM' },
      ...{ value: await likeness(paths.ours), baseline: await likeness(paths.plain) },
    },
    {
      ...{ metric: `bytes of ${rung.rung}`, unit: 'MB', lessIsBetter: true },
      ...{ value: await megabytes(paths.ours), baseline: await megabytes(paths.plain) },
    },
  ];
}

function plainPath(directory: string, { rung }: Rung): string {
  return join(directory, `plain-${rung}.mp4`);
}
