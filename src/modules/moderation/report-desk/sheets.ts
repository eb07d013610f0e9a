import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reportLimits } from '../../../../config/limits.ts';
import { sha256Of } from '../../../../media/asset.ts';
import { parseCaptions } from '../../../../media/captions.ts';
import type { Ffmpeg } from '../../../../media/ffmpeg.ts';
import { evidenceKey } from '../../../../media/keys.ts';
import { contentTypeOf, type ObjectStorage } from '../../../../media/storage/storage.ts';
import { makeStoryboard, planStoryboard, type StoryboardPlan } from '../../../../media/storyboard.ts';
import type { Db, InTx, Tx } from '../../../db/database.ts';
import type { Enqueue } from '../../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../../jobs/registry.ts';
import type { Clock } from '../../../lib/clock.ts';
import { textOfHtml } from '../../../lib/html/sanitize.ts';
import type { EvidenceId, ReportId, VideoId } from '../../../lib/ids.ts';
import type { EvidenceFile } from './capture.ts';

export interface SheetDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly storage: ObjectStorage;
  readonly ffmpeg: Ffmpeg;
  /** Absolute. */
  readonly workDir: string;
}

interface WaitingRow {
  readonly id: EvidenceId;
  readonly post_id: VideoId;
  readonly duration_seconds: number | null;
  readonly files: readonly EvidenceFile[];
}

/** Frames as they lie on their sheet, with the hash of the sheet. */
export interface Frames extends StoryboardPlan {
  readonly sha256: string;
}

/** Copies the frames and the transcript of reported videos to where the author’s deletion does not reach, and drops them when their time is over. */
export function evidenceSheets(deps: SheetDeps) {
  return {
    /** After a report was filed: its frames are to be copied. */
    async onFiled(tx: Tx, { reportId }: { reportId: ReportId }): Promise<void> {
      const waiting = await tx('report_evidence')
        .where({ report_id: reportId, frames_state: 'waiting' })
        .first('id');
      if (!waiting) return;
      await deps.enqueue(tx, {
        name: 'reports.evidence',
        payload: { reportId },
        key: `reports.evidence:${reportId}`,
      });
    },

    /** The job: each of its steps can be repeated. */
    async keep(reportId: ReportId, run: JobRun): Promise<Finish | undefined> {
      const rows: WaitingRow[] = await deps
        .db('report_evidence')
        .where({ report_id: reportId, frames_state: 'waiting' })
        .select('id', 'post_id', 'duration_seconds', 'files');
      for (const row of rows) {
        run.signal.throwIfAborted();
        await keepOne(deps, row, run.signal);
      }
      return undefined;
    },

    /** Forgets what was kept long enough and is not held for authorities; a sheet goes with the last that shows it. Returns how many went. */
    async sweep(): Promise<number> {
      const before = (ms: number) => new Date(deps.clock.now() - ms);
      const due = deps
        .db('reports')
        .where('closed_at', '<', before(reportLimits.evidenceKeptMs))
        .orWhere('created_at', '<', before(reportLimits.evidenceMaxMs))
        .select('id');
      const held = deps
        .db('legal_holds')
        .where({ target_kind: 'report', released_at: null })
        .select('target_id');
      const gone: { sheet_key: string | null }[] = await deps
        .db('report_evidence')
        .whereIn('report_id', due)
        .whereNotIn('report_id', held)
        .delete()
        .returning('sheet_key');
      const keys = [...new Set(gone.flatMap(({ sheet_key }) => sheet_key ?? []))];
      const kept: string[] = await deps.db('report_evidence').whereIn('sheet_key', keys).pluck('sheet_key');
      await deps.storage.remove(keys.filter((key) => !kept.includes(key)));
      return gone.length;
    },
  };
}

async function keepOne(deps: SheetDeps, row: WaitingRow, signal: AbortSignal): Promise<void> {
  await mkdir(deps.workDir, { recursive: true });
  const dir = await mkdtemp(join(deps.workDir, 'evidence-'));
  try {
    const files = await currentFiles(deps, row);
    const frames = await framesOf(deps, row, files, dir, signal);
    const transcript = await transcriptOf(deps, files, dir);
    await deps
      .db('report_evidence')
      .where({ id: row.id })
      .update({
        frames_state: frames ? 'kept' : 'missing',
        sheet_key: frames?.key ?? null,
        frames: frames && JSON.stringify(frames.frames),
        transcript,
        ...(files.length > 0 ? { files: JSON.stringify(files) } : {}),
      });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What the video is played from now; where it was deleted meanwhile, what it was played from when it was reported. */
async function currentFiles({ db }: SheetDeps, row: WaitingRow): Promise<readonly EvidenceFile[]> {
  const rows: EvidenceFile[] = await db('video_assets')
    .where({ video_id: row.post_id })
    .orderBy('key')
    .select('key', 'role', 'sha256', 'bytes', 'width', 'height');
  return rows.length > 0 ? rows.map((file) => ({ ...file, bytes: Number(file.bytes) })) : row.files;
}

/** Copies the storyboard, or makes one of the smallest size; null where there is neither. */
async function framesOf(
  deps: SheetDeps,
  { post_id: videoId, duration_seconds: durationSeconds }: WaitingRow,
  files: readonly EvidenceFile[],
  dir: string,
  signal: AbortSignal,
): Promise<{ key: string; frames: Frames } | null> {
  const sizes = files.filter(({ role, width, height }) => playable.has(role) && width && height);
  const smallest = sizes.toSorted((a, b) => (a.height ?? 0) - (b.height ?? 0))[0];
  if (!smallest || !durationSeconds) return null;
  const { width, height } = smallest;
  const plan = planStoryboard({ durationSeconds, width: width ?? 0, height: height ?? 0 });
  const path = join(dir, 'frames.jpg');
  const board = files.find(({ role }) => role === 'storyboard');
  if (!(board && (await deps.storage.download(board.key, path)))) {
    const mp4Path = join(dir, 'source.mp4');
    if (!(await deps.storage.download(smallest.key, mp4Path))) return null;
    const made = await makeStoryboard(deps.ffmpeg, {
      ...{ mp4Path, plan, outputPath: path, outputDirectory: dir, signal },
    });
    if (!made.ok) return null;
  }
  const sha256 = await sha256Of(path);
  const key = evidenceKey(videoId, sha256);
  await deps.storage.putFile(key, path, { contentType: contentTypeOf(key) });
  return { key, frames: { ...plan, sha256 } };
}

const playable = new Set(['cmaf', 'mp4', 'copy']);

/** What is said, without times: all languages one after the other. */
async function transcriptOf(deps: SheetDeps, files: readonly EvidenceFile[], dir: string): Promise<string> {
  const texts: string[] = [];
  for (const { key } of files.filter(({ role }) => role === 'captions')) {
    const path = join(dir, 'captions.vtt');
    if (!(await deps.storage.download(key, path))) continue;
    const parsed = parseCaptions(await readFile(path));
    if (parsed.ok) texts.push(parsed.cues.flatMap(({ lines }) => lines.map(plain)).join('\n'));
  }
  return texts.join('\n\n');
}

/** A line of a cue without its tags and escapes. */
function plain(line: string): string {
  return textOfHtml(line, reportLimits.maxEvidenceCharacters);
}
