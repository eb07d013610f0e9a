import { z } from 'zod';
import { apiLimits } from '../../../config/limits.ts';
import { idSchema, parseId } from '../../lib/ids.ts';
import type { Quota } from '../../modules/staff/index.ts';
import { mediaStages } from '../../modules/videos/index.ts';
import { accountEntity } from './accounts/schemas.ts';
import { filterResultEntity } from './filters/schemas.ts';
import { mediaEntity } from './media/schemas.ts';
import { originalAuthor, remixOfEntity } from './remixes/schemas.ts';

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

export const regionEntity = z
  .object({
    countries: z.array(z.string()).readonly().describe('ISO 3166-1, two letters'),
    except: z.boolean().describe('All but these'),
  })
  .describe('Some countries; null: everywhere');

/** Of a sound: the same for whoever asks, wherever they are. */
export const withheldEntity = regionEntity
  .extend({
    action: z
      .enum(['mute', 'refuse'])
      .describe(
        '`refuse`: nobody is given the files of its videos there, which are answered with status 451. `mute`: under the same addresses they are given without their sound, and answered so until that is made',
      ),
    reason: z.string(),
  })
  .describe('Countries in which it is not given. Null: in none');

/** What a video has and the Mastodon API has no name for. */
const videoFactsEntity = z
  .object({
    views: z.number(),
    saves: z.number(),
    sound: z
      .object({
        id: z.string(),
        title: z.string().describe('As its author calls it; empty where it has no name'),
        original: z.boolean().describe('Whether it was heard in this video first'),
        account: originalAuthor
          .nullable()
          .describe(
            'Whose it is, where the video was made with it; null where it is its own, or was only heard',
          ),
        muted: z.boolean().describe('Whether those who run this server have the video played without it'),
        withheld: withheldEntity.nullable(),
      })
      .nullable()
      .describe(
        'What is heard in it, which other videos may have as well; null where that is nothing, or was not looked for yet',
      ),
    permissions: z
      .object({
        ...{ comment: z.boolean(), download: z.boolean(), duet: z.boolean(), stitch: z.boolean() },
        sound: z.boolean(),
        ask: z
          .boolean()
          .describe('Of duets and stitches that are allowed: each waits for its author to agree'),
      })
      .describe('What its author lets others do with it'),
    remix_of: remixOfEntity.nullable().describe('What it was made from; null where that is no other video'),
    remixes: z.number().describe('Duets and stitches of it'),
    download_url: z.string().nullable().describe('For who may download it'),
  })
  .meta({ id: 'VideoFacts' });

const basePostEntity = z.object({
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
  bookmarked: z.boolean(),
  muted: z.boolean().describe('The viewer wants to hear no more of its thread'),
  pinned: z.boolean(),
  edited_at: z.string().nullable(),
  filtered: z.array(filterResultEntity).describe('What the filters of the viewer say of it'),
  in_reply_to_id: z.string().nullable(),
  in_reply_to_account_id: z.string().nullable(),
  reblog: z.null(),
  card: z.null(),
  poll: z.null(),
  quotes_count: z.number().describe('Duets and stitches of it'),
  application: z
    .object({ name: z.string(), website: z.string().nullable() })
    .nullable()
    .describe('What it was posted with, where that is an app'),
  video: videoFactsEntity.nullable().describe('Ours: what is said of a video besides; null on comments'),
});

const quoteStates = ['accepted', 'pending', 'rejected', 'deleted', 'unauthorized'] as const;

const quotedPostEntity = basePostEntity
  .extend({
    quote: z.object({ state: z.enum(quoteStates), quoted_status_id: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'QuotedPost' });

export type QuotedEntity = z.input<typeof quotedPostEntity>;

/** A post as it is; `statusEntity` may also be one that passes another on. */
export const postEntity = basePostEntity
  .extend({
    quote: z
      .object({ state: z.enum(quoteStates), quoted_status: quotedPostEntity.nullable() })
      .nullable()
      .describe('Of a duet or a stitch: what it was made from, where that can be seen'),
  })
  .meta({ id: 'Post' });

export const statusEntity = postEntity
  .extend({ reblog: postEntity.nullable().describe('What it passes on, where that is all it does') })
  .meta({ id: 'Status' });

export const processingEntity = z
  .object({
    id: z.string(),
    state: z.enum([
      'uploading',
      'received',
      'processing',
      'draft',
      'held',
      'published',
      'rejected',
      'removed',
    ]),
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
export type PostEntity = z.input<typeof postEntity>;
export type ProcessingEntity = z.input<typeof processingEntity>;

/** What a classifier says that a video shows. */
export const labelEntity = z
  .object({ name: z.string(), score: z.number().describe('How sure it is: 0 to 1') })
  .meta({ id: 'VideoLabel' });

/** What the videos of an account may take. */
export const quotaEntity = z
  .object({
    max_bytes: z.number().nullable().describe('Null: no limit'),
    source: z.enum(['account', 'role', 'server']).describe('Who says so'),
  })
  .meta({ id: 'StorageQuota' });

export const quotaOf = ({ maxBytes, source }: Quota): z.input<typeof quotaEntity> => ({
  ...{ max_bytes: maxBytes, source },
});
