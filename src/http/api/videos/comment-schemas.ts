import { z } from 'zod';
import { statusEntity } from '../schemas.ts';

/** A comment below a video: a status, and what the author of the video did with it. */
export const commentEntity = statusEntity
  .extend({
    video_id: z.string(),
    pinned: z.boolean().describe('By the author of the video: it stands above all others'),
    held: z.boolean().describe('A moderator decides first: only whoever wrote it sees it'),
    hidden: z
      .boolean()
      .describe('By the author of the video: only that person, and whoever wrote it, still see it'),
    liked_by_author: z.boolean().describe('By the author of the video'),
    by_author: z.boolean().describe('The author of the video wrote it'),
  })
  .meta({ id: 'Comment' });

export type CommentEntity = z.input<typeof commentEntity>;
