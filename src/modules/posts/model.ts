import { z } from 'zod';
import { type CommentId, type Id, idSchema, type VideoId } from '../../lib/ids.ts';
import type { Account } from '../accounts/index.ts';
import { visibilities } from '../videos/index.ts';

export type ScheduledPostId = Id<'scheduled-post'>;

/** What a post answers: a video, or a comment below it. */
const answeredSchema = z.object({
  videoId: idSchema<'video'>(),
  parentId: idSchema<'comment'>().nullable(),
});

/** A post as it waits in its row. */
export const waitingPostSchema = z.object({
  videoId: idSchema<'video'>().nullable(),
  answers: answeredSchema.nullable(),
  visibility: z.enum(visibilities),
  text: z.string(),
  contentWarning: z.string(),
  sensitive: z.boolean(),
  language: z.string().nullable(),
  /** What it is posted with. */
  application: z.object({ name: z.string(), website: z.string().nullable() }).nullable(),
  /** Ids of accounts by the handles that the text mentions them with. */
  mentions: z.record(z.string(), idSchema<'account'>()),
});

type WaitingPost = z.output<typeof waitingPostSchema>;

/** What somebody posts: a video that was uploaded for it, or an answer. Exactly one of the two is not null. */
export interface NewPost extends Omit<WaitingPost, 'mentions'> {
  /** Known accounts by the handles that the text mentions them with, lower-case. */
  readonly mentions: ReadonlyMap<string, Account>;
}

/** A post that is there, by the kind of its row. */
export type Posted = { readonly videoId: VideoId } | { readonly commentId: CommentId };

/** A post that waits for its time. */
export interface ScheduledPost extends Omit<WaitingPost, 'mentions'> {
  readonly id: ScheduledPostId;
  readonly scheduledAt: Date;
}
