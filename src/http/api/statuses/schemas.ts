import { z } from 'zod';
import { mediaEntity } from '../media/schemas.ts';
import { accountEntity, statusEntity } from '../schemas.ts';

/** What the routes of statuses answer with besides statuses. */

export const contextEntity = z
  .object({ ancestors: z.array(statusEntity), descendants: z.array(statusEntity) })
  .meta({ id: 'Context' });

export const statusSourceEntity = z
  .object({ id: z.string(), text: z.string(), spoiler_text: z.string() })
  .meta({ id: 'StatusSource' });

export const statusEditEntity = z
  .object({
    content: z.string().describe('HTML, safe to show'),
    spoiler_text: z.string(),
    sensitive: z.boolean(),
    created_at: z.string(),
    account: accountEntity,
    poll: z.null(),
    quote: z.null(),
    media_attachments: z.array(mediaEntity),
    emojis: z.array(z.object({})),
  })
  .meta({ id: 'StatusEdit' });

export const scheduledStatusEntity = z
  .object({
    id: z.string(),
    scheduled_at: z.string(),
    params: z.object({
      text: z.string(),
      visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
      sensitive: z.boolean(),
      spoiler_text: z.string(),
      language: z.string().nullable(),
      media_ids: z.array(z.string()),
      in_reply_to_id: z.string().nullable(),
      scheduled_at: z.null(),
      poll: z.null(),
      idempotency: z.null(),
      application_id: z.null(),
      with_rate_limit: z.boolean(),
    }),
    media_attachments: z.array(mediaEntity),
  })
  .meta({ id: 'ScheduledStatus' });
