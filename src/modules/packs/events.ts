import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What this module tells the others. */
export const packEvents = {
  /** People of this server were put into a pack: they are told, since they may leave it. */
  'pack.members-added': z.object({
    packId: idSchema<'pack'>(),
    ownerId: idSchema<'account'>(),
    accountIds: z.array(idSchema<'account'>()),
  }),
} as const;
