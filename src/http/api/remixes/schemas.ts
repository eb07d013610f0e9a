import { z } from 'zod';
import { remixKinds, remixLayouts, remixRefusals } from '../../../modules/videos/index.ts';

/** Whose something is that is in a video of somebody else. */
export const originalAuthor = z.object({
  id: z.string(),
  username: z.string(),
  acct: z.string(),
  display_name: z.string(),
  url: z.string(),
});

/** What a video was made from. Whom it names has allowed it, or is asked by this server. */
export const remixOfEntity = z
  .object({
    kind: z.enum(remixKinds),
    layout: z.enum(remixLayouts).nullable().describe('Of a duet'),
    state: z
      .enum(['available', 'pending', 'refused', 'unavailable'])
      .describe(
        '`pending`: its author has not answered; `refused`: does not allow it; `unavailable`: it is gone, or not for the viewer',
      ),
    unpublished: z
      .boolean()
      .describe('Nobody but who made it sees it, as the author of the original has to agree first'),
    refusal: z
      .enum(remixRefusals)
      .nullable()
      .describe(
        'Of `refused`: its author said no, did not answer in time (`silence`), it was gone before they did, or its author deleted it and wants this to go as well (`withdrawn`)',
      ),
    video_id: z.string().nullable(),
    url: z.string().nullable().describe('Page of the original'),
    account: originalAuthor.nullable().describe('Its author'),
  })
  .meta({ id: 'RemixOf' });

export type RemixOfEntity = z.input<typeof remixOfEntity>;

/** Whether somebody may do something with what is another’s. */
export const permission = z.object({
  allowed: z.boolean(),
  reason: z.string().nullable().describe('A word for programs, where it is not allowed'),
  message: z.string().nullable().describe('The same in a sentence'),
});

const remixPermission = permission.extend({
  asks: z.boolean().describe('It is published once the author of the original agrees to it'),
});

export const remixPermissionEntity = z
  .object({ duet: remixPermission, stitch: remixPermission })
  .meta({ id: 'RemixPermission' });
