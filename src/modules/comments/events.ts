import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the comments module tells the others. `local`: written here, so that others have to be told. */
export const commentEvents = {
  'comment.published': z.object({ commentId: idSchema<'comment'>(), local: z.boolean() }),
  'comment.updated': z.object({ commentId: idSchema<'comment'>(), local: z.boolean() }),
  /** Gone for good. */
  'comment.deleted': z.object({
    commentId: idSchema<'comment'>(),
    videoId: idSchema<'video'>(),
    accountId: idSchema<'account'>(),
    uri: z.string().max(2_048),
    local: z.boolean(),
  }),
} as const;
