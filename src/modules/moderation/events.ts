import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the moderation module tells the others. `forward`: the server of the account is to be told. */
export const moderationEvents = {
  'report.filed': z.object({ reportId: idSchema<'report'>(), forward: z.boolean() }),
} as const;
