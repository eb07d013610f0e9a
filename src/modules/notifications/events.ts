import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the notifications module tells the others. */
export const notificationEvents = {
  /** Somebody has something new to hear of, and has not set it aside. */
  'notification.added': z.object({
    notificationId: idSchema<'notification'>(),
    accountId: idSchema<'account'>(),
  }),
} as const;
