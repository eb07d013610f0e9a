import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the accounts module tells the others. */
export const accountEvents = {
  'account.registered': z.object({ accountId: idSchema<'account'>() }),
  /** The owner of an account of this server changed its profile. */
  'account.updated': z.object({ accountId: idSchema<'account'>() }),
  'account.gone': z.object({ accountId: idSchema<'account'>() }),
} as const;
