import { reportLimits } from '../../../../config/limits.ts';
import type { Tx } from '../../../db/database.ts';
import { textOfHtml } from '../../../lib/html/sanitize.ts';
import type { CommentId, IdSource, ReportId, VideoId } from '../../../lib/ids.ts';

/** One stored object of a reported post, by which it is known again elsewhere. */
export interface EvidenceFile {
  readonly key: string;
  readonly role: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
}

/** Writes down what the posts of a new report say and which files they have. Pictures are copied later: see `sheets.ts`. */
export async function keepTexts(
  tx: Tx,
  ids: IdSource,
  report: {
    readonly reportId: ReportId;
    readonly videoIds: readonly VideoId[];
    readonly commentIds: readonly CommentId[];
  },
): Promise<void> {
  const { reportId } = report;
  const videos = await tx('videos')
    .leftJoin('classifier_verdicts', 'classifier_verdicts.video_id', 'videos.id')
    .whereIn('videos.id', [...report.videoIds])
    // Whoever deletes one of them waits, and finds that its frames are to be copied first.
    .forShare('videos')
    .select('videos.id', 'uri', 'caption', 'caption_html', 'content_warning', 'duration_seconds')
    .select('created_at', 'published_at', 'labels');
  const comments = await tx('comments')
    .whereIn('id', [...report.commentIds])
    .select('id', 'uri', 'text', 'content_html', 'published_at');
  const files = await filesOf(tx, report.videoIds);
  const rows = [
    ...videos.map((video) => ({
      ...{ report_id: reportId, post_kind: 'video', post_id: video.id, post_uri: video.uri },
      post_created_at: video.published_at ?? video.created_at,
      text: [video.content_warning, said(video.caption, video.caption_html)]
        .filter((text) => text !== '')
        .join('\n\n'),
      duration_seconds: video.duration_seconds,
      frames_state: 'waiting',
      files: JSON.stringify(files.get(video.id) ?? []),
      labels: JSON.stringify(video.labels ?? []),
    })),
    ...comments.map((comment) => ({
      ...{ report_id: reportId, post_kind: 'comment', post_id: comment.id, post_uri: comment.uri },
      post_created_at: comment.published_at,
      text: said(comment.text, comment.content_html),
      duration_seconds: null,
      frames_state: 'none',
      ...{ files: '[]', labels: '[]' },
    })),
  ].map((row) => ({ id: ids.next<'evidence'>(), ...row }));
  if (rows.length > 0) await tx('report_evidence').insert(rows);
}

/** As its author wrote it; of remote posts only the HTML is known. */
function said(text: string, html: string): string {
  return text || textOfHtml(html, reportLimits.maxEvidenceCharacters);
}

async function filesOf(tx: Tx, videoIds: readonly VideoId[]): Promise<Map<VideoId, EvidenceFile[]>> {
  const rows: (EvidenceFile & { video_id: VideoId })[] = await tx('video_assets')
    .whereIn('video_id', [...videoIds])
    .orderBy('key')
    .select('video_id', 'key', 'role', 'sha256', 'bytes', 'width', 'height');
  const files = new Map<VideoId, EvidenceFile[]>();
  for (const { video_id, bytes, ...file } of rows) {
    files.set(video_id, [...(files.get(video_id) ?? []), { ...file, bytes: Number(bytes) }]);
  }
  return files;
}
