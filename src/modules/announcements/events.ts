import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

const announcementId = idSchema<'announcement'>();

/** What those who listen are told of. */
export const announcementEvents = {
  /** Everybody sees it now, or sees it anew. */
  'announcement.shown': z.object({ announcementId }),
  /** Nobody sees it any more. */
  'announcement.gone': z.object({ announcementId }),
  'announcement.reacted': z.object({ announcementId, name: z.string() }),
} as const;
