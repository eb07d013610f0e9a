import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mediaLimits } from '../../../config/media-limits.ts';
import { endProcessesOn } from '../../../media/left-processes.ts';
import type { MediaPipeline } from '../../../media/pipeline-jobs.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db, InTx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import type { Failure } from '../../lib/result.ts';
import type { ClassifierGate } from '../classifier/index.ts';
import type { HashGate } from '../hashes/index.ts';
import type { MediaRefusal } from '../instances/index.ts';
import type { Screening } from '../rules/index.ts';
import type { SoundGate } from '../sounds/index.ts';
import type { videoEvents } from './events.ts';
import type { MediaStage } from './model.ts';
import { enqueuePurge } from './purge.ts';
import type { videoQueries } from './queries.ts';
import type { Transcriber } from './transcriber.ts';

export interface MediaJobDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly emit: Emit<typeof videoEvents>;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly storage: ObjectStorage;
  readonly pipeline: MediaPipeline;
  readonly download: SafeFetch['download'];
  /** Folder for unfinished work, on a disk of this machine. */
  readonly workDir: string;
  /** What counts now for videos that are uploaded. */
  readonly upload: { readonly maxDurationSeconds: number; readonly maxUploadBytes: number };
  /** Whether sizes above 720 are left until somebody asks for one. */
  readonly lazyRungs: boolean;
  readonly remote: { readonly maxBytes: number };
  /** Why no file may be fetched that one of these hosts posted or holds, or null where all may. */
  readonly mediaRefusal: (hosts: readonly string[]) => Promise<MediaRefusal | null>;
  /** Null where nobody is asked for captions. */
  readonly transcriber: Transcriber | null;
  /** Told how many seconds after the upload a video could be watched. */
  readonly onPlayable?: (seconds: number) => void;
  /** The rules that what is said passes through. */
  readonly screening: Screening;
  /** What must not be posted again. */
  readonly hashes: HashGate;
  /** Knows sounds again. */
  readonly sounds: SoundGate;
  /** Says what videos show. */
  readonly classifier: ClassifierGate;
  readonly log: Logger;
}

export type Queries = ReturnType<typeof videoQueries>;

/** One try of a job about one video. */
export interface MediaRun {
  /** An empty folder of its own. */
  readonly dir: string;
  /** Aborted with the job's, and when the video is gone. */
  readonly signal: AbortSignal;
  /** Whether the video was deleted while it was worked on. */
  readonly isGone: () => boolean;
  readonly progress: ProgressWriter;
}

/** What is done at a time; no two jobs of one stage are at work on the same video, but for those that were overtaken. */
type WorkStage =
  | 'first'
  | 'ladder'
  | 'remake'
  | 'extras'
  | 'poster'
  | 'copy'
  | 'sound'
  | 'resound'
  | 'labels';

/**
 * Runs `work` in an empty folder of its own, and removes that folder afterwards. Before, it removes those of
 * earlier tries of this stage that died or were overtaken, and whatever nobody came back for.
 */
export async function inWorkDir<T>(
  deps: MediaJobDeps,
  { stage, videoId }: { readonly stage: WorkStage; readonly videoId: VideoId },
  run: JobRun,
  work: (run: MediaRun) => Promise<T>,
): Promise<T> {
  // Jobs of other stages may be at work on the same video.
  const name = `${videoId}-${stage}`;
  await mkdir(deps.workDir, { recursive: true });
  const left = await readdir(deps.workDir);
  const dir = await mkdtemp(join(deps.workDir, `${name}-`));
  // What it stored, nobody else looks for.
  run.whenLost(async () => {
    await deps.inTx((tx) => enqueuePurge(deps, tx, videoId, 'later'));
  });
  const gone = new AbortController();
  const progress = progressWriter(deps, videoId, () => gone.abort(new Error('The video was deleted.')));
  try {
    const staleBefore = (await stat(dir)).mtimeMs - mediaLimits.staleTemporaryFileMs;
    for (const found of left) {
      const path = join(deps.workDir, found);
      const changed = await stat(path).catch(() => null);
      const isStale = changed !== null && changed.mtimeMs < staleBefore;
      if (!isStale && !found.startsWith(`${name}-`)) continue;
      await endProcessesOn(path);
      await rm(path, { recursive: true, force: true });
    }
    const signal = AbortSignal.any([run.signal, gone.signal]);
    return await work({ dir, signal, isGone: () => gone.signal.aborted, progress });
  } finally {
    await progress.settled();
    await rm(dir, { recursive: true, force: true });
  }
}

/** An encoder that something outside ended says nothing about the file. */
export function retryIfInterrupted(processed: { readonly ok: true } | Failure): void {
  if (!processed.ok && (processed.reason === 'interrupted' || processed.reason === 'aborted')) {
    throw new Error(processed.detail ?? processed.reason);
  }
}

const PROGRESS_EVERY_MS = 500;

type ProgressWriter = ReturnType<typeof progressWriter>;

/**
 * Writes progress at most twice a second, one write at a time; a lost write costs nothing. Tells where there is
 * no video to write to any more.
 */
function progressWriter(deps: Pick<MediaJobDeps, 'db' | 'log'>, videoId: VideoId, onGone: () => void) {
  let last = 0;
  let stageShown: MediaStage | null = null;
  let pending: Promise<unknown> = Promise.resolve();
  let busy = false;

  async function save(stage: MediaStage, percent: number): Promise<void> {
    const mine = deps.db('videos').where({ id: videoId });
    const written = await mine
      .clone()
      .whereIn('media_state', ['waiting', 'working', 'failed'])
      .update({
        media_state: 'working',
        media_stage: stage,
        media_percent: Math.min(99, Math.floor(percent)),
      });
    if (written === 0 && !(await mine.clone().first('id'))) onGone();
  }

  const write = (stage: MediaStage, percent: number): void => {
    const now = performance.now();
    if (busy || (stage === stageShown && now - last < PROGRESS_EVERY_MS)) return;
    last = now;
    stageShown = stage;
    busy = true;
    pending = save(stage, percent)
      .catch((error) => deps.log.warn({ err: error, videoId }, 'progress could not be written'))
      .finally(() => {
        busy = false;
      });
  };
  return Object.assign(write, { settled: () => pending });
}
