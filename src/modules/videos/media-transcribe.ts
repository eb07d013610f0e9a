import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { transcriptionLimits } from '../../../config/media-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { type Finish, type JobRun, PermanentJobError } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { languageTag } from '../../lib/language.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { storeCaptions } from './media-edits.ts';
import { stageJob } from './media-order.ts';
import { lockVideo } from './media-rows.ts';
import { inWorkDir, type MediaJobDeps, type Queries } from './media-work.ts';
import type { Asset, Video } from './model.ts';
import { screenTranscript } from './screened.ts';
import { readTranscript, type Transcript } from './transcript.ts';

/** The tag for a language that nobody has named (BCP 47, from ISO 639-2). */
const UNKNOWN = 'und';

/**
 * Has the captions of a video of this server written by the service that the admin has set up. Whatever goes wrong,
 * the video stays as it is. A service that is not there is asked again, a few times; one that refuses, or answers
 * with what are no captions, makes the job a dead letter, so that the admin learns of it and can repeat it.
 */
export async function transcribeVideo(
  deps: MediaJobDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  const { transcriber } = deps;
  const video = await queries.internal(videoId);
  const source = video && soundOf(video);
  if (!transcriber || !video || !source || !(await isWanted(deps.db, videoId))) return;
  return inWorkDir(deps, { stage: 'sound', videoId }, run, async ({ dir, signal }) => {
    const soundPath = await recordingOf(deps, source, dir, signal);
    const language = video.language === null ? null : languageTag(video.language);
    const answer = await transcriber.transcribe({
      ...{ soundPath, signal },
      language: language === null ? null : new Intl.Locale(language).language,
    });
    if (!answer.ok && answer.reason === 'unavailable') throw new Error(answer.detail);
    if (!answer.ok) throw new PermanentJobError(answer.detail);
    const read = readTranscript(answer.answer, video.durationSeconds);
    if (!read.ok) {
      throw new PermanentJobError(`The transcription service sent no captions: ${read.detail}`);
    }
    const made = { language: language ?? read.language ?? UNKNOWN, cues: read.cues };
    return (tx) => finishTranscription(deps, tx, videoId, made);
  });
}

/** The smallest size, where the video is finished, of this server, and not silent. */
function soundOf({ local, state, media, assets }: Video): Asset | null {
  if (!local || !['published', 'draft', 'held'].includes(state) || media.state !== 'ready') return null;
  const sizes = assets.filter(({ role, codecs }) => role === 'cmaf' && codecs?.includes('mp4a'));
  return sizes.toSorted((a, b) => (a.rung ?? 0) - (b.rung ?? 0))[0] ?? null;
}

/** What is sent: the sound, as the listeners get it. */
async function recordingOf(
  deps: MediaJobDeps,
  source: Asset,
  dir: string,
  signal: AbortSignal,
): Promise<string> {
  const mp4Path = join(dir, 'source');
  // Made anew meanwhile, it lies elsewhere: the next try finds it there.
  if (!(await deps.storage.download(source.key, mp4Path))) throw new Error('Its smallest size is not there.');
  const outputPath = join(dir, 'sound.m4a');
  const { maxSeconds, maxSoundBytes } = transcriptionLimits;
  const extracted = await deps.pipeline.extractSound({ mp4Path, outputPath, maxSeconds, signal });
  signal.throwIfAborted();
  if (!extracted.ok && extracted.reason === 'interrupted') throw new Error(extracted.detail);
  if (!extracted.ok) throw new PermanentJobError(`Its sound cannot be read: ${extracted.reason}.`);
  const { size } = await stat(outputPath);
  if (size > maxSoundBytes) throw new PermanentJobError(`Its sound has more than ${maxSoundBytes} bytes.`);
  return outputPath;
}

/** What its author gave it meanwhile, or in the last moment, counts alone. */
async function finishTranscription(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  made: Transcript & { readonly language: string },
): Promise<null> {
  const video = await lockVideo(tx, videoId);
  if (!video || !(await isWanted(tx, videoId))) return null;
  await tx('videos').where({ id: videoId }).update({ transcribed_at: tx.fn.now() });
  // Where nobody speaks there is nothing to write.
  if (made.cues.length === 0) return null;
  await screenTranscript(deps, tx, videoId, made.cues.flatMap(({ lines }) => lines).join(' '));
  await storeCaptions(deps, tx, videoId, { ...made, label: null, automatic: true });
  if (!video.unannounced) await deps.emit(tx, 'video.captioned', { videoId });
  return null;
}

/** Whether a video has no captions, and never had any that were made here. */
async function isWanted(db: Db | Tx, videoId: VideoId): Promise<boolean> {
  const video = await db('videos').where({ id: videoId, transcribed_at: null }).first('id');
  return video !== undefined && !(await hasCaptions(db, videoId));
}

async function hasCaptions(db: Db | Tx, videoId: VideoId): Promise<boolean> {
  return (await db('video_assets').where({ video_id: videoId, role: 'captions' }).first('key')) !== undefined;
}

type AskDeps = Pick<MediaJobDeps, 'enqueue' | 'transcriber'>;

/**
 * A video of this server is finished: captions are made for it where a service is set up and it has none. Its row
 * must be locked. One whose job is pending is left alone: that job locks the other way round, first itself, then the
 * video.
 */
export async function transcribeFinished(deps: AskDeps, tx: Tx, videoId: VideoId): Promise<void> {
  if (!deps.transcriber || !(await isWanted(tx, videoId))) return;
  const job = await stageJob(tx, 'media.transcribe', videoId);
  if (await tx('jobs').where({ key: job.key, state: 'pending' }).first('id')) return;
  await deps.enqueue(tx, job);
}

/**
 * An admin asks for captions of a video that has none, also where they were made before and its author took them
 * away.
 */
export async function askToTranscribe(
  deps: AskDeps,
  queries: Queries,
  tx: Tx,
  videoId: VideoId,
): Promise<Result<object, 'not-configured' | 'not-found' | 'not-ready' | 'has-captions'>> {
  if (!deps.transcriber) return fail('not-configured', 'Set TRANSCRIPTION_URL first.');
  const video = await queries.internal(videoId);
  if (!video?.local) return fail('not-found', 'There is no such video of this server.');
  if (!soundOf(video)) return fail('not-ready', 'This video is not ready, or has no sound.');
  if (await hasCaptions(tx, videoId)) return fail('has-captions', 'This video has captions.');
  // The job first, as a job of this kind that is about to end locks them.
  await deps.enqueue(tx, await stageJob(tx, 'media.transcribe', videoId));
  await tx('videos').where({ id: videoId }).update({ transcribed_at: null });
  return ok();
}
