import { reportLimits } from '../../../../config/limits.ts';
import type { Tx } from '../../../db/database.ts';
import { textOfHtml } from '../../../lib/html/sanitize.ts';
import type { CommentId, IdSource, PackId, PlaylistId, ReportId, VideoId } from '../../../lib/ids.ts';
import type { Urls } from '../../instances/index.ts';

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

/**
 * Writes down what the posts, starter packs and playlists of a new report say, what is in the last two, and which files the posts have. Pictures
 * are copied later: see `sheets.ts`.
 */
export async function keepTexts(
  tx: Tx,
  { ids, urls }: { readonly ids: IdSource; readonly urls: Urls },
  report: {
    readonly reportId: ReportId;
    readonly videoIds: readonly VideoId[];
    readonly commentIds: readonly CommentId[];
    readonly packIds: readonly PackId[];
    readonly playlistIds: readonly PlaylistId[];
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
      text: paragraphs(video.content_warning, said(video.caption, video.caption_html)),
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
    ...[...(await packsOf(tx, report.packIds)), ...(await playlistsOf(tx, urls, report.playlistIds))].map(
      ({ kind, id, uri, createdAt, text }) => ({
        ...{ report_id: reportId, post_kind: kind, post_id: id, post_uri: uri, post_created_at: createdAt },
        ...{ text, duration_seconds: null, frames_state: 'none', files: '[]', labels: '[]' },
      }),
    ),
  ].map((row) => ({ id: ids.next<'evidence'>(), ...row }));
  if (rows.length > 0) await tx('report_evidence').insert(rows);
}

/** Something that was put together, as it was. */
interface Collected {
  readonly kind: 'pack' | 'playlist';
  readonly id: string;
  readonly uri: string;
  readonly createdAt: Date;
  readonly text: string;
}

const paragraphs = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('\n\n');

/** What a starter pack is called, and everybody in it: the same as in its file. */
async function packsOf(tx: Tx, ids: readonly PackId[]): Promise<Collected[]> {
  const packs: { id: PackId; uri: string; createdAt: Date; title: string; description: string }[] = await tx(
    'packs',
  )
    .whereIn('id', [...ids])
    .select('id', 'uri', 'created_at as createdAt', 'title', 'description');
  const members: { packId: PackId; username: string; domain: string }[] = await tx('pack_members')
    .join('accounts', 'accounts.id', 'pack_members.account_id')
    .whereIn('pack_id', [...ids])
    .whereNull('left_at')
    .orderBy('pack_members.id')
    .select('pack_id as packId', 'username', 'domain');
  return packs.map(({ title, description, ...pack }) => {
    const handles = members
      .filter(({ packId }) => packId === pack.id)
      .map(({ username, domain }) => `@${username}${domain === '' ? '' : `@${domain}`}`);
    return { ...pack, kind: 'pack', text: paragraphs(title, description, handles.join('\n')) };
  });
}

/** What a playlist is called, and the addresses of the clips in it, in its order. */
async function playlistsOf(tx: Tx, urls: Urls, ids: readonly PlaylistId[]): Promise<Collected[]> {
  const lists: { id: PlaylistId; createdAt: Date; title: string; description: string }[] = await tx(
    'playlists',
  )
    .whereIn('id', [...ids])
    .select('id', 'created_at as createdAt', 'title', 'description');
  const clips: { listId: PlaylistId; uri: string }[] = await tx('playlist_items')
    .join('videos', 'videos.id', 'playlist_items.video_id')
    .whereIn('playlist_id', [...ids])
    .orderBy('position')
    .select('playlist_id as listId', 'videos.uri');
  return lists.map(({ id, createdAt, title, description }) => {
    const addresses = clips.filter(({ listId }) => listId === id).map(({ uri }) => uri);
    const text = paragraphs(title, description, addresses.join('\n'));
    return { kind: 'playlist', id, uri: urls.playlistPage(id), createdAt, text };
  });
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
