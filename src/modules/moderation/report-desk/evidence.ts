import type { ObjectStorage } from '../../../../media/storage/storage.ts';
import type { Db, Tx } from '../../../db/database.ts';
import type { EvidenceId, ReportId } from '../../../lib/ids.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import type { Label } from '../../rules/index.ts';
import { type Actor, type Audit, permitted } from '../../staff/index.ts';
import type { EvidenceFile } from './capture.ts';
import type { ReportedPost } from './queue.ts';
import type { Frames } from './sheets.ts';

/** A reported post as it was when it was reported. */
export interface Evidence {
  readonly id: EvidenceId;
  readonly reportId: ReportId;
  readonly post: ReportedPost;
  readonly uri: string;
  readonly postedAt: Date;
  readonly capturedAt: Date;
  readonly text: string;
  readonly transcript: string;
  /** `waiting`: they are being copied. `missing`: the video had none any more. `none`: a comment, a starter pack or a playlist has none. */
  readonly framesState: 'none' | 'waiting' | 'kept' | 'missing';
  readonly frames: Frames | null;
  readonly files: readonly EvidenceFile[];
  /** What the classifier had said of the video. */
  readonly labels: readonly Label[];
}

interface EvidenceRow {
  readonly id: EvidenceId;
  readonly report_id: ReportId;
  readonly post_kind: ReportedPost['kind'];
  readonly post_id: string;
  readonly post_uri: string;
  readonly post_created_at: Date;
  readonly captured_at: Date;
  readonly text: string;
  readonly transcript: string;
  readonly frames_state: Evidence['framesState'];
  readonly frames: Frames | null;
  readonly files: readonly EvidenceFile[];
  readonly labels: readonly Label[];
}

/** What is kept of reported posts, for those who work on reports. */
export function reportEvidence({
  db,
  audit,
  storage,
}: {
  readonly db: Db;
  readonly audit: Audit;
  readonly storage: ObjectStorage;
}) {
  return {
    /** Shows what is kept of a report, and writes down who looked. */
    async lookAtEvidence(
      tx: Tx,
      by: Actor,
      reportId: ReportId,
    ): Promise<Result<{ evidence: readonly Evidence[] }, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'reports');
      if (!allowed.ok) return allowed;
      if (!(await tx('reports').where({ id: reportId }).first('id'))) {
        return fail('not-found', 'There is no such report.');
      }
      const rows: EvidenceRow[] = await tx('report_evidence').where({ report_id: reportId }).orderBy('id');
      await audit.record(tx, by, {
        action: 'report.evidence',
        target: { kind: 'report', id: reportId },
        detail: { posts: rows.map(({ post_id }) => post_id) },
      });
      return ok({ evidence: rows.map(evidenceOf) });
    },

    /** The sheet with the frames; null where none is kept. Its size is in bytes. */
    async sheetOf(id: EvidenceId) {
      const row = await db('report_evidence').where({ id }).whereNotNull('sheet_key').first('sheet_key');
      const key: string | undefined = row?.sheet_key;
      const found = key === undefined ? null : await storage.stat(key);
      if (key === undefined || !found) return null;
      return { size: found.size, open: (range: { start: number; end: number }) => storage.open(key, range) };
    },
  };
}

function evidenceOf(row: EvidenceRow): Evidence {
  return {
    id: row.id,
    reportId: row.report_id,
    post: { kind: row.post_kind, id: row.post_id } as ReportedPost,
    uri: row.post_uri,
    postedAt: row.post_created_at,
    capturedAt: row.captured_at,
    text: row.text,
    transcript: row.transcript,
    framesState: row.frames_state,
    frames: row.frames,
    files: row.files,
    labels: row.labels,
  };
}
