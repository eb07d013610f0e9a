import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the accounts module tells the others. */
export const accountEvents = {
  'account.registered': z.object({ accountId: idSchema<'account'>() }),
  /** The owner of an account of this server changed its profile. */
  'account.updated': z.object({ accountId: idSchema<'account'>() }),
  /** An actor of this server, a person, a channel or the server itself, has another key. */
  'account.rekeyed': z.object({ accountId: idSchema<'account'>() }),
  /** An account of this server was deleted for good, with its channel. */
  'account.deleted': z.object({ accountId: idSchema<'account'>() }),
  /** An account of this server goes on as another one. */
  'account.moved': z.object({ accountId: idSchema<'account'>(), targetId: idSchema<'account'>() }),
  /** The server of an account deleted it. */
  'account.gone': z.object({ accountId: idSchema<'account'>() }),
} as const;
