import { z } from 'zod';

const domain = z.object({ domain: z.string().max(253) });

/** What the instances module tells the others. */
export const instanceEvents = {
  /** Nothing goes to or comes from a domain any more. */
  'domain.suspended': domain,
  /** A domain may send what it might not before, or what is done about its videos that are not here has changed. */
  'domain.lifted': domain,
} as const;
