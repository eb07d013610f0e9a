import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { NewPost, ScheduledPostId } from './model.ts';

/** Posts that wait for their time, by the videos that they hold. */

/** Which of these videos are held, by which post, and until when. */
export async function heldAmong(
  db: Db,
  accountId: AccountId,
  ids: readonly VideoId[],
): Promise<Map<VideoId, { readonly id: ScheduledPostId; readonly scheduledAt: Date }>> {
  const rows: { id: ScheduledPostId; video_id: VideoId; scheduled_at: Date }[] = await db('scheduled_posts')
    .where({ account_id: accountId })
    .whereIn('video_id', [...ids])
    .select('id', 'video_id', 'scheduled_at');
  return new Map(rows.map((row) => [row.video_id, { id: row.id, scheduledAt: row.scheduled_at }]));
}

/** A post as its row keeps it. */
export function waitingJson(post: NewPost): string {
  const mentions = Object.fromEntries([...post.mentions].map(([handle, account]) => [handle, account.id]));
  return JSON.stringify({ ...post, mentions });
}

/** Gives the post that holds a video another audience. */
export async function showHolderTo(
  tx: Tx,
  accountId: AccountId,
  videoId: VideoId,
  visibility: NewPost['visibility'],
): Promise<void> {
  await tx('scheduled_posts')
    .where({ account_id: accountId, video_id: videoId })
    .update({ post: tx.raw('post || ?::jsonb', [JSON.stringify({ visibility })]) });
}

/** Makes the post that holds a video say what the video says now; it is posted with what it was before. */
export async function reviseHolder(
  tx: Tx,
  accountId: AccountId,
  post: Omit<NewPost, 'application' | 'answers'> & { readonly videoId: VideoId },
): Promise<void> {
  const {
    answers: _answers,
    application: _application,
    ...said
  } = JSON.parse(waitingJson({ ...post, answers: null, application: null }));
  await tx('scheduled_posts')
    .where({ account_id: accountId, video_id: post.videoId })
    .update({ post: tx.raw('post || ?::jsonb', [JSON.stringify(said)]) });
}
