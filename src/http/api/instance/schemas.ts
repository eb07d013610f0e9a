import { z } from 'zod';
import { accountEntity } from '../schemas.ts';

export const ruleEntity = z
  .object({ id: z.string(), text: z.string(), hint: z.string() })
  .meta({ id: 'Rule' });

export const configurationEntity = z.object({
  urls: z.object({
    streaming: z.string(),
    password_reset: z.string().nullable().describe('Where people ask for a new password; null: of the staff'),
  }),
  vapid: z.object({ public_key: z.string().describe('Of the server, for web push') }),
  accounts: z.object({ max_featured_tags: z.number(), max_pinned_statuses: z.number() }),
  statuses: z.object({
    max_characters: z.number(),
    max_comment_characters: z.number().describe('Ours'),
    max_media_attachments: z.number(),
    characters_reserved_per_url: z.number(),
  }),
  media_attachments: z.object({
    supported_mime_types: z.array(z.string()),
    description_limit: z.number(),
    image_size_limit: z.number(),
    image_matrix_limit: z.number(),
    video_size_limit: z.number().describe('Bytes'),
    video_duration_limit: z.number().describe('Seconds'),
    video_frame_rate_limit: z.number(),
    video_matrix_limit: z.number().describe('Pixels of one picture'),
  }),
  polls: z.object({
    max_options: z.number(),
    max_characters_per_option: z.number(),
    min_expiration: z.number(),
    max_expiration: z.number(),
  }),
  translation: z.object({ enabled: z.boolean() }),
  embeds: z.object({
    enabled: z.boolean().describe('Ours: whether other pages may show its videos in a frame'),
  }),
});

export const instanceEntity = z
  .object({
    domain: z.string(),
    title: z.string(),
    version: z.string(),
    source_url: z.string().describe('Where its source is; the server itself where its staff has not said'),
    description: z.string(),
    usage: z.object({ users: z.object({ active_month: z.number() }) }),
    thumbnail: z.object({ url: z.string(), blurhash: z.string().nullable(), versions: z.object({}) }),
    icon: z.array(z.object({ src: z.string(), size: z.string() })),
    languages: z.array(z.string()),
    registrations: z.object({
      enabled: z.boolean(),
      approval_required: z.boolean(),
      reason_required: z.boolean(),
      email_required: z.boolean().describe('Addresses are confirmed by mail'),
      min_age: z.number().nullable().describe('In years; null: nobody is asked'),
      mode: z
        .enum(['open', 'approval', 'invite', 'closed'])
        .describe('Ours: `enabled` is false where an invite is needed, too'),
      invites_enabled: z.boolean().describe('Ours: whether everybody here may invite others'),
      message: z.string().nullable(),
      url: z.string().nullable(),
      min_password_length: z.number(),
      max_password_length: z.number(),
    }),
    api_versions: z.object({ mastodon: z.number() }),
    contact: z.object({ email: z.string(), account: accountEntity.nullable() }),
    rules: z.array(ruleEntity),
    configuration: configurationEntity,
  })
  .meta({ id: 'Instance' });

export const instanceV1Entity = z
  .object({
    uri: z.string().describe('The domain'),
    title: z.string(),
    short_description: z.string(),
    description: z.string(),
    email: z.string(),
    version: z.string(),
    urls: z.object({ streaming_api: z.string() }),
    stats: z.object({ user_count: z.number(), status_count: z.number(), domain_count: z.number() }),
    thumbnail: z.string().nullable(),
    languages: z.array(z.string()),
    registrations: z.boolean(),
    approval_required: z.boolean(),
    invites_enabled: z.boolean(),
    configuration: configurationEntity,
    contact_account: accountEntity.nullable(),
    rules: z.array(ruleEntity),
  })
  .meta({ id: 'V1Instance' });
