import { z } from 'zod';
import { apiLimits } from '../../../config/limits.ts';
import { idSchema, parseId } from '../../lib/ids.ts';
import { mediaStages } from '../../modules/videos/index.ts';
import { accountEntity } from './accounts/schemas.ts';
import { filterResultEntity } from './filters/schemas.ts';

export {
  accountEntity,
  relationshipEntity,
} from './accounts/schemas.ts';

/** Pieces that several routes share. Entities follow the Mastodon API; what we add is marked. */

export const accountParams = z.object({ id: idSchema<'account'>() });
export const videoParams = z.object({ id: idSchema<'video'>() });
/** A video or a comment: ids are of one row for both. */
export const statusParams = z.object({
  id: z.string().refine((id) => parseId(id) !== null, 'This is not an id.'),
});

/** `true`, `1` and their opposites, as clients write them. */
export const flagSchema = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0', 'on', 'off', ''])])
  .transform((flag) => flag === true || flag === 'true' || flag === '1' || flag === 'on');

export const pageQuery = z.object({
  max_id: idSchema<'video'>().optional(),
  min_id: idSchema<'video'>().optional(),
  since_id: idSchema<'video'>().optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(apiLimits.defaultPageItems)
    .transform((limit) => Math.min(limit, apiLimits.maxPageItems)),
});

export const mediaEntity = z
  .object({
    id: z.string(),
    type: z.literal('video'),
    url: z
      .string()
      .nullable()
      .describe(
        'MP4; null while a video of another server is being copied. Where this server passes on the bytes of another one, MP4 or WebM',
      ),
    preview_url: z.string().nullable(),
    remote_url: z.string().nullable(),
    description: z.string(),
    blurhash: z.string().nullable(),
    thumbhash: z.string().nullable().describe('Base64'),
    preview_webp_url: z.string().nullable().describe('The poster as WebP'),
    teaser_url: z.string().nullable().describe('Three seconds of it, small and silent'),
    storyboard_url: z.string().nullable().describe('WebVTT whose cues name parts of one picture'),
    captions: z.array(
      z.object({
        url: z.string(),
        language: z.string().describe('As in BCP 47; und where it is not known'),
        label: z.string(),
        automatic: z.boolean().describe('Nobody wrote them: a service did'),
      }),
    ),
    meta: z.object({
      original: z.object({
        width: z.number().nullable(),
        height: z.number().nullable(),
        duration: z.number().nullable(),
        aspect: z.number().nullable(),
      }),
    }),
    hls_url: z.string().nullable(),
    dash_url: z.string().nullable(),
    chunks_url: z.string().nullable().describe('JSON with the byte ranges of every size, in pieces of 0.4 s'),
    renditions: z.array(
      z.object({
        url: z.string(),
        width: z.number(),
        height: z.number(),
        bandwidth: z.number(),
        codecs: z.string(),
      }),
    ),
    processing: z
      .object({
        state: z
          .enum(['copying', 'on-demand', 'elsewhere', 'failed'])
          .describe(
            'on-demand: it is copied here once GET /api/v1/statuses/:id asks for it; elsewhere: it can be watched on its own page only',
          ),
        percent: z.number(),
        detail: z.string().nullable(),
      })
      .nullable()
      .describe('Why there is nothing to play yet; null once there is'),
  })
  .meta({ id: 'Media' });

export const statusEntity = z
  .object({
    id: z.string(),
    created_at: z.string(),
    account: accountEntity,
    content: z.string().describe('HTML, safe to show'),
    spoiler_text: z.string(),
    sensitive: z.boolean(),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
    language: z.string().nullable(),
    uri: z.string(),
    url: z.string(),
    media_attachments: z.array(mediaEntity),
    tags: z.array(z.object({ name: z.string(), url: z.string() })),
    mentions: z.array(z.object({ id: z.string(), username: z.string(), acct: z.string(), url: z.string() })),
    emojis: z.array(z.object({})),
    replies_count: z.number(),
    reblogs_count: z.number(),
    favourites_count: z.number(),
    favourited: z.boolean().describe('By the viewer, as the next two'),
    reblogged: z.boolean(),
    pinned: z.boolean(),
    edited_at: z.string().nullable(),
    filtered: z.array(filterResultEntity).describe('What the filters of the viewer say of it'),
    in_reply_to_id: z.string().nullable(),
    in_reply_to_account_id: z.string().nullable(),
    reblog: z.null(),
    card: z.null(),
    poll: z.null(),
    application: z.null(),
  })
  .meta({ id: 'Status' });

export const processingEntity = z
  .object({
    id: z.string(),
    state: z.enum(['uploading', 'received', 'processing', 'published', 'rejected']),
    stage: z.enum(mediaStages).nullable().describe('What is being done, for display'),
    percent: z.number().describe('Of the work under way; 100 once nothing is left to make'),
    playable: z.boolean().describe('It can be watched already, perhaps in fewer sizes than it will have'),
    done: z.boolean().describe('Nothing more is being made: this stays as it is'),
    sizes: z.object({
      made: z.array(z.number()).describe('Short sides in pixels, largest first'),
      planned: z.array(z.number()).describe('What the source is good for; empty while that is not known'),
    }),
    reason: z.string().nullable(),
    detail: z.string().nullable().describe('Why the file was refused, for people'),
    status_url: z.string(),
    url: z.string(),
  })
  .meta({ id: 'Processing' });

export const emptyEntity = z.object({}).meta({ id: 'Empty' });

export type StatusEntity = z.input<typeof statusEntity>;
export type ProcessingEntity = z.input<typeof processingEntity>;
