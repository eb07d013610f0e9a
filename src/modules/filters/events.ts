import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the filters module tells the others. */
export const filterEvents = {
  /** Somebody has other filters now: apps that are open read them again. */
  'filters.changed': z.object({ accountId: idSchema<'account'>() }),
} as const;
