import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';
import { visibilities } from '../videos/index.ts';

/** What the comments module tells the others. `local`: written here, so that others have to be told. */
export const commentEvents = {
  'comment.published': z.object({ commentId: idSchema<'comment'>(), local: z.boolean() }),
  'comment.updated': z.object({ commentId: idSchema<'comment'>(), local: z.boolean() }),
  /** Out of the sight of most, with what answers it; and back. The author of the video decides that. */
  'comment.hidden': z.object({ commentId: idSchema<'comment'>(), videoId: idSchema<'video'>() }),
  'comment.shown': z.object({ commentId: idSchema<'comment'>(), videoId: idSchema<'video'>() }),
  /** Gone for good. */
  'comment.deleted': z.object({
    commentId: idSchema<'comment'>(),
    videoId: idSchema<'video'>(),
    accountId: idSchema<'account'>(),
    uri: z.string().max(2_048),
    local: z.boolean(),
    /** Who could see it; events of older releases do not say. */
    visibility: z.enum(visibilities).nullable().default(null),
  }),
} as const;
