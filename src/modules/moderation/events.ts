import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';
import { visibilities } from '../videos/index.ts';

/** What the moderation module tells the others. `forward`: the server of the account is to be told. */
export const moderationEvents = {
  'report.filed': z.object({ reportId: idSchema<'report'>(), forward: z.boolean() }),
  /** It was closed, opened again, or either was taken back. */
  'report.decided': z.object({ reportId: idSchema<'report'>() }),
  /** The staff tells the server of the account, in words of its own. */
  'report.forwarded': z.object({ reportId: idSchema<'report'>(), summary: z.string() }),
  /** Something was done to an account or a post whose person is to be told. */
  'measure.taken': z.object({ measureId: idSchema<'measure'>(), accountId: idSchema<'account'>() }),
  'measure.lifted': z.object({ measureId: idSchema<'measure'>(), accountId: idSchema<'account'>() }),
  /** An account is hidden with all that it has; `account.unsuspended`: it is shown again. */
  'account.suspended': z.object({ accountId: idSchema<'account'>() }),
  'account.unsuspended': z.object({ accountId: idSchema<'account'>() }),
  /** What hangs on a suspended account of another server is to be removed for good; the account stays suspended. */
  'account.purged': z.object({ accountId: idSchema<'account'>() }),
  /** The staff hides a video; the fields are those of `video.deleted`. */
  'video.removed': z.object({
    videoId: idSchema<'video'>(),
    accountId: idSchema<'account'>(),
    uri: z.string().max(2_048),
    local: z.boolean(),
    open: z.boolean(),
    visibility: z.enum(visibilities).nullable(),
  }),
  /** The staff has it played without its sound, or with it again. */
  'video.muted': z.object({ videoId: idSchema<'video'>() }),
  'video.restored': z.object({ videoId: idSchema<'video'>(), local: z.boolean() }),
} as const;
