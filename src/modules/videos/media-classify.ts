import { join } from 'node:path';
import { classifierLimits } from '../../../config/classifier-limits.ts';
import { planStoryboard } from '../../../media/storyboard.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Question } from '../classifier/index.ts';
import { type ConcludeDeps, concludeUnanswered, concludeWith } from './classified.ts';
import { stageJob } from './media-order.ts';
import { insertAssets, lockVideo } from './media-rows.ts';
import type { MediaUrls } from './media-urls.ts';
import { inWorkDir, type MediaJobDeps, type MediaRun, type Queries } from './media-work.ts';
import type { Asset, Video } from './model.ts';
import { enqueuePurge } from './purge.ts';

type ClassifyDeps = MediaJobDeps & ConcludeDeps & { readonly mediaUrls: MediaUrls };

/**
 * What a video is played from is there: the classifier is to be asked about it, once. Others see it only after the
 * answer, where a rule depends on that and they do not see it already. Its row must be locked.
 */
export async function askClassifier(
  deps: Pick<MediaJobDeps, 'classifier' | 'enqueue'>,
  tx: Tx,
  videoId: VideoId,
): Promise<void> {
  if (!(await deps.classifier.begin(tx, videoId))) return;
  await deps.enqueue(tx, await stageJob(tx, 'media.classify', videoId));
}

/**
 * Asks the classifier about a video, and does what rules say of the answer. May be cut off and repeated at any point:
 * the question keeps its id, and only the transaction at the end counts. After the last try, or where another would
 * end in the same way, the settings say what becomes of it.
 */
export async function classifyVideo(
  deps: ClassifyDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  const id = await deps.classifier.waiting(videoId);
  if (id === null) return;
  return inWorkDir(deps, { stage: 'labels', videoId }, run, async (work) => {
    const video = await queries.internal(videoId);
    if (!video) return;
    const sheet = await sheetOf(deps, video, work);
    const answer = await deps.classifier.ask(await questionOf(deps, video, { id, sheet }), work.signal);
    run.signal.throwIfAborted();
    if (work.isGone()) return;
    if (answer.ok) return (tx) => concludeWith(deps, tx, videoId, answer.labels);
    if (answer.reason === 'unavailable' && !run.lastAttempt) throw new Error(answer.detail);
    deps.log.warn({ videoId, reason: answer.reason, detail: answer.detail }, 'no answer of the classifier');
    const failure = answer.detail ?? answer.reason;
    return (tx) => concludeUnanswered(deps, tx, videoId, { failure, isOff: answer.reason === 'off' });
  });
}

const PLAYED: readonly Asset['role'][] = ['mp4', 'copy', 'cmaf'];

/** The smallest file that the video is played from. */
function smallestOf({ assets }: Video): Asset | null {
  const sizes = assets.filter(({ role, width, height }) => PLAYED.includes(role) && width && height);
  return sizes.toSorted((a, b) => (a.height ?? 0) - (b.height ?? 0))[0] ?? null;
}

/** Its storyboard, made now where it has none yet; null where that cannot be. Its lack is no failure. */
async function sheetOf(deps: MediaJobDeps, video: Video, { dir, signal }: MediaRun): Promise<string | null> {
  const has = video.assets.find(({ role }) => role === 'storyboard');
  if (has) return has.key;
  const source = smallestOf(video);
  const sourcePath = join(dir, 'source');
  if (!source || !(await deps.storage.download(source.key, sourcePath))) return null;
  const { id: videoId, durationSeconds } = video;
  const { width, height } = source;
  const made = await deps.pipeline.processSheet({
    ...{ videoId, sourcePath, workDir: join(dir, 'sheet'), signal },
    ...{ durationSeconds: durationSeconds ?? 0, width: width ?? 0, height: height ?? 0 },
  });
  signal.throwIfAborted();
  if (!made.ok) return null;
  return deps.inTx(async (tx) => {
    if (!(await lockVideo(tx, videoId))) {
      await enqueuePurge(deps, tx, videoId);
      return null;
    }
    const others = tx('video_assets').where({ video_id: videoId, role: 'storyboard' });
    const other = await others.first('key');
    if (!other) await insertAssets(tx, videoId, [made.asset]);
    return other?.key ?? made.asset.key;
  });
}

async function questionOf(
  { db, mediaUrls }: ClassifyDeps,
  video: Video,
  { id, sheet }: { readonly id: string; readonly sheet: string | null },
): Promise<Question> {
  const row = await db('videos').where({ id: video.id }).first('original_sha256', 'source_sha256');
  // Signed whoever may see it: a service outside of everything that is cached in front of this server.
  const urlOf = (key: string | undefined) =>
    key === undefined ? null : mediaUrls.objectUrl(key, { ...video, state: 'held' }, 'service');
  const keyOf = (...roles: readonly Asset['role'][]) =>
    video.assets.find(({ role }) => roles.includes(role))?.key;
  const smallest = smallestOf(video);
  const { durationSeconds, width, height } = video;
  const shape = { width: smallest?.width ?? 0, height: smallest?.height ?? 0 };
  const plan = planStoryboard({ durationSeconds: durationSeconds ?? 0, ...shape });
  const sheetUrl = urlOf(sheet ?? undefined);
  return {
    id,
    video: {
      ...{ id: video.id, local: video.local, durationSeconds, width, height, language: video.language },
      sha256: row?.original_sha256 ?? row?.source_sha256 ?? null,
    },
    texts: {
      caption: video.caption || textOfHtml(video.captionHtml, classifierLimits.maxTextCharacters),
      ...{ contentWarning: video.contentWarning, altText: video.altText },
    },
    ...{ posterUrl: urlOf(keyOf('poster')), videoUrl: urlOf(keyOf('mp4', 'copy') ?? smallest?.key) },
    sheet:
      sheetUrl === null
        ? null
        : {
            ...{ url: sheetUrl, columns: plan.columns, rows: plan.rows, frames: plan.tiles },
            ...{ frameWidth: plan.tileWidth, frameHeight: plan.tileHeight, secondsPerFrame: plan.interval },
          },
  };
}
