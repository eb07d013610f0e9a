import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the moderation module tells the others. `forward`: the server of the account is to be told. */
export const moderationEvents = {
  'report.filed': z.object({ reportId: idSchema<'report'>(), forward: z.boolean() }),
  /** It was closed, opened again, or either was taken back. */
  'report.decided': z.object({ reportId: idSchema<'report'>() }),
  /** The staff tells the server of the account, in words of its own. */
  'report.forwarded': z.object({ reportId: idSchema<'report'>(), summary: z.string() }),
} as const;
