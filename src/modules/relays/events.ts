import { z } from 'zod';
import { idSchema } from '../../lib/ids.ts';

/** What is told of a relay, also when its row is gone. */
const relay = z.object({
  relayId: idSchema<'relay'>(),
  kind: z.enum(['mastodon', 'litepub']),
  inboxUri: z.string().max(1_024),
  actorUri: z.string().max(1_024).nullable(),
  followUri: z.string().max(1_024),
});

/** What the relays module tells the others. */
export const relayEvents = {
  /** This server asks a relay to pass posts on to it. */
  'relay.added': relay,
  /** It wants no more of them. */
  'relay.removed': relay,
} as const;
