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
    .whereRaw('video_id = any(?)', [[...ids]])
    .select('id', 'video_id', 'scheduled_at');
  return new Map(rows.map((row) => [row.video_id, { id: row.id, scheduledAt: row.scheduled_at }]));
}

/** Ids of people by the handles that a text names them with. */
const idsOf = (mentions: NewPost['mentions']) =>
  Object.fromEntries([...mentions].map(([handle, account]) => [handle, account.id]));

/** A post as its row keeps it. */
export function waitingJson(post: NewPost): string {
  return JSON.stringify({ ...post, mentions: idsOf(post.mentions) });
}

/**
 * Makes the post that holds a video say what the video says now; the row of the video is locked by this transaction.
 * `mentions` are given where its text may be another.
 */
export async function reviseHolder(
  tx: Tx,
  accountId: AccountId,
  videoId: VideoId,
  mentions: NewPost['mentions'] | null,
): Promise<void> {
  await tx.raw(
    `update scheduled_posts
        set post = post || cast(:named as jsonb) || jsonb_build_object(
              'text', caption, 'contentWarning', content_warning, 'sensitive', sensitive,
              'language', language, 'visibility', visibility)
       from videos
      where videos.id = scheduled_posts.video_id and videos.id = :videoId
        and scheduled_posts.account_id = :accountId`,
    { videoId, accountId, named: JSON.stringify(mentions ? { mentions: idsOf(mentions) } : {}) },
  );
}
