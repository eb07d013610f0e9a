import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** A like of a video or of a comment; the other id is null. `uri` is the id of the Like activity. */
const like = z.object({
  accountId: idSchema<'account'>(),
  videoId: idSchema<'video'>().nullable(),
  commentId: idSchema<'comment'>().nullable(),
  uri: z.string().max(2_048),
});

/** `uri` is the id of the Announce activity, `shareId` that of the row, which events of older releases lack. */
const share = z.object({
  shareId: idSchema<'share'>().nullable().default(null),
  accountId: idSchema<'account'>(),
  videoId: idSchema<'video'>(),
  uri: z.string().max(2_048),
});

/** What the engagement module tells the others. */
export const engagementEvents = {
  'like.added': like,
  'like.removed': like,
  'share.added': share,
  'share.removed': share,
} as const;
