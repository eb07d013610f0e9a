import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** `uri` is the id of the Follow activity, ours or theirs. */
const follow = z.object({
  followerId: idSchema<'account'>(),
  targetId: idSchema<'account'>(),
  uri: z.string().max(2_048),
});

/** `uri` is the id of the Block activity, ours or theirs. */
const block = z.object({
  accountId: idSchema<'account'>(),
  targetId: idSchema<'account'>(),
  uri: z.string().max(2_048),
});

/** What the social module tells the others. */
export const socialEvents = {
  'follow.requested': follow,
  'follow.accepted': follow,
  'follow.rejected': follow,
  'follow.undone': follow,
  'block.added': block,
  'block.removed': block,
  /** An account wants nothing of a domain any more. */
  'domain.blocked-by-account': z.object({
    accountId: idSchema<'account'>(),
    domain: z.string().max(253),
  }),
  /** More follows that the suspension of a domain ended can come back. */
  'domain.follows-return': z.object({ domain: z.string().max(253) }),
} as const;
