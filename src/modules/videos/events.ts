import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';
import { visibilities } from './model.ts';

/** What the videos module tells the others. */
export const videoEvents = {
  /** An upload is complete and stored; it waits to be processed. */
  'video.received': z.object({ videoId: idSchema<'video'>() }),
  /** A video of this server can be seen and played. */
  'video.published': z.object({ videoId: idSchema<'video'>() }),
  /** A remix of this server is made, and is published once the author of its original allows it. */
  'video.awaits-consent': z.object({ videoId: idSchema<'video'>() }),
  /** A remote video became known; its media is elsewhere. */
  'video.discovered': z.object({ videoId: idSchema<'video'>() }),
  /** Its author changed what a video of this server says. `widenedFrom`: who saw it before, where more people may now. */
  'video.updated': z.object({ videoId: idSchema<'video'>(), widenedFrom: z.enum(visibilities).optional() }),
  /** Its server told anew what a remote video says. */
  'video.revised': z.object({ videoId: idSchema<'video'>() }),
  /** What was uploaded is no video that this server takes, or could not be made one. */
  'video.rejected': z.object({ videoId: idSchema<'video'>() }),
  /** It is known what is heard in it: a sound that it may share with others. */
  'video.heard': z.object({ videoId: idSchema<'video'>() }),
  /** It got captions that nobody wrote. */
  'video.captioned': z.object({ videoId: idSchema<'video'>() }),
  /** A video of this server was put on top of its author's profile, or taken down. */
  'video.pinned': z.object({ videoId: idSchema<'video'>(), pinned: z.boolean() }),
  /** Gone for good. `local` tells whether others have to be told. */
  'video.deleted': z.object({
    videoId: idSchema<'video'>(),
    accountId: idSchema<'account'>(),
    uri: z.string().max(2_048),
    local: z.boolean(),
    /** Whether anybody could see it. */
    open: z.boolean().default(false),
    /** Who could see it, where it was published at all. */
    visibility: z.enum(visibilities).nullable().default(null),
  }),
} as const;
