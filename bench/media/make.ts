import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Asset } from '../../media/asset.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import type { Rung } from '../../media/ladder.ts';
import { createPipeline } from '../../media/pipeline.ts';
import type { Made, VideoOutcome } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { openCounter } from './measured.ts';

/**
 * `node make.ts MODE SOURCE DIRECTORY COUNTER`: one part of the work of a media worker in a process of its own, so
 * that what it spends can be told; says so, and what it made, as JSON. The modes are the functions below.
 */

/** What was spent on one job, all programs included; what a worker spends once, on its own start, is left out. */
export interface Cost {
  readonly cpuSeconds: number;
  /** Of that, by the encoders of the sizes alone. */
  readonly encoderSeconds: number;
}

export interface Ladder {
  /** From the file to stored objects that can be played. */
  readonly firstSeconds: number;
  /** Paths of the finished sizes, by their short side. */
  readonly files: Readonly<Record<string, string>>;
}

const [mode = '', sourcePath = '', directory = '', counterPath = ''] = process.argv.slice(2);
const counter = openCounter(counterPath);
const log = createLogger('warn');
const threads = availableParallelism();
const ffmpeg = createFfmpeg({
  ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads, log, tools: { nice: counter.path } },
});
const root = join(directory, 'store');
const storage = createFileStorage({ root });
const pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
const limits = { maxDurationSeconds: 180, maxBytes: 1024 * 1024 * 1024 };
const job = { videoId: '7', sourcePath, workDir: join(directory, 'work'), limits };
const modes: Readonly<Record<string, () => Promise<object>>> = { plan, whole, staged, copied, extras };

await ffmpeg.describe();
const already = (await counter.read()).length;
const before = process.cpuUsage();
const started = performance.now();
const result = await modes[mode]?.();
const { user, system } = process.cpuUsage(before);
const spent = (await counter.read()).slice(already);
const sum = (some: typeof spent) => some.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
const cost: Cost = {
  cpuSeconds: (user + system) / 1_000_000 + sum(spent),
  encoderSeconds: sum(spent.filter(({ command }) => command.includes('libx264'))),
};
process.stdout.write(JSON.stringify({ ...result, ...cost }));

function secondsSoFar(): number {
  return (performance.now() - started) / 1_000;
}

function madeOf(outcome: VideoOutcome): Made {
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome;
}

/** What there is to make. */
async function plan(): Promise<{ rungs: readonly Rung[] }> {
  const inspected = await pipeline.inspect(job);
  if (!inspected.ok) throw new Error(inspected.detail);
  return { rungs: inspected.plan.rungs };
}

/** The whole ladder at once, as for a video that nobody waits for. */
async function whole(): Promise<Ladder> {
  const { assets } = madeOf(await pipeline.processVideo(job));
  return { firstSeconds: secondsSoFar(), files: filesOf(assets) };
}

/** The whole ladder in two stages, as for an upload. */
async function staged(): Promise<Ladder> {
  const onCopied = () => Promise.reject(new Error('The source was copied'));
  const first = madeOf(await pipeline.processFirst({ ...job, onCopied }));
  const firstSeconds = secondsSoFar();
  const find = (role: Asset['role']) => first.assets.find((asset) => asset.role === role);
  const { frameRate = 0, bandwidth = 0, size = 0 } = find('cmaf') ?? {};
  const playlistKey = find('hls-media')?.key ?? '';
  const { width = 0, height = 0 } = find('poster') ?? {};
  const rest = await pipeline.processRest({
    ...job,
    before: first.chunkIndex.rungs.map((index) => ({
      ...{ index, frameRate, size, peakBandwidth: bandwidth, playlistKey },
    })),
    loudness: first.facts.loudness,
    posterShortSide: Math.min(width, height),
  });
  return { firstSeconds, files: filesOf([...first.assets, ...madeOf(rest).assets]) };
}

/** Until the upload itself can be played; what would follow is stopped. */
async function copied(): Promise<{ copiedSeconds: number }> {
  const stop = new AbortController();
  let copiedSeconds: number | undefined;
  const onCopied = async () => {
    copiedSeconds = secondsSoFar();
    stop.abort();
  };
  await pipeline.processFirst({ ...job, onCopied, signal: stop.signal });
  if (copiedSeconds === undefined) throw new Error('The source was not copied');
  return { copiedSeconds };
}

/** What lies beside a video; the source is its smallest size. */
async function extras(): Promise<object> {
  const inspected = await pipeline.inspect(job);
  if (!inspected.ok) throw new Error(inspected.detail);
  const { durationSeconds, video } = inspected.facts;
  const shape = { width: video.width, height: video.height, durationSeconds, hasAudio: true };
  const outcome = await pipeline.processExtras({ ...job, ...shape });
  if (!outcome.ok) throw new Error(outcome.detail);
  return {};
}

function filesOf(assets: readonly Asset[]): Record<string, string> {
  const sizes = assets.filter(({ role }) => role === 'cmaf');
  return Object.fromEntries(sizes.map(({ rung, key }) => [rung, join(root, key)]));
}
