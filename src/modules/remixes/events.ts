import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What the remixes module tells the others. */
export const remixEvents = {
  /** The author of an original allowed a remix, or took that back. */
  'remix.settled': z.object({ videoId: idSchema<'video'>() }),
  /** A remix of this server that nobody sees yet is made: the author of its original, on another server, is asked. */
  'remix.asked': z.object({ videoId: idSchema<'video'>() }),
  /** Somebody asks an author of this server for leave. */
  'remix.requested': z.object({ requestId: idSchema<'remix-request'>() }),
  /** An author of this server answers a request of another server; without a stamp it is a no. */
  'remix.answered': z.object({
    authorId: idSchema<'account'>(),
    requesterId: idSchema<'account'>(),
    requestUri: z.string().max(2_048),
    originalUri: z.string().max(2_048),
    instrumentUri: z.string().max(2_048),
    stampUri: z.string().max(2_048).nullable(),
  }),
  /** A stamp of this server counts no more: whoever may have it is to know. */
  'remix.revoked': z.object({
    stampUri: z.string().max(2_048),
    /** Whose video was remixed. */
    authorId: idSchema<'account'>(),
    /** The remix. */
    remixUri: z.string().max(2_048),
    remixerId: idSchema<'account'>(),
  }),
} as const;
