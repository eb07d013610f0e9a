import { z } from 'zod';
import { permissions, roles } from '../../../modules/staff/index.ts';

/** Accounts and how they stand to each other, in the shapes of the Mastodon API. */

const fieldEntity = z.object({
  name: z.string(),
  value: z.string().describe('HTML, safe to show'),
  verified_at: z.string().nullable().describe('When the page it leads to was seen to lead back'),
});

const roleEntity = z.object({
  id: z.string(),
  name: z.string(),
  color: z.string(),
});

const account = z.object({
  id: z.string(),
  username: z.string(),
  acct: z.string(),
  display_name: z.string(),
  note: z.string().describe('HTML, safe to show'),
  url: z.string(),
  uri: z.string(),
  avatar: z.string().describe('Always of this server, also for accounts of others'),
  avatar_static: z.string(),
  header: z.string(),
  header_static: z.string(),
  locked: z.boolean(),
  bot: z.boolean(),
  group: z.boolean(),
  discoverable: z.boolean(),
  indexable: z.boolean(),
  noindex: z.boolean().describe('Search engines are asked to leave it out'),
  hide_collections: z.boolean(),
  shows_likes: z.boolean().describe('Whether others may see which public videos it likes'),
  created_at: z.string(),
  last_status_at: z.string().nullable().describe('Day of the newest video; null in lists'),
  followers_count: z.number(),
  following_count: z.number(),
  statuses_count: z.number(),
  emojis: z.array(z.object({})),
  fields: z.array(fieldEntity),
  roles: z.array(roleEntity).describe('Those of the staff of this server'),
  host: z.string().nullable().describe('Server of the account; null for this one'),
});

export const accountEntity = account
  .extend({ moved: account.optional().describe('The account that took this one’s place') })
  .meta({ id: 'Account' });

export const credentialAccountEntity = accountEntity
  .extend({
    role: z.object({
      id: z.string(),
      name: z.enum(roles),
      permissions: z.string(),
      color: z.string(),
      highlighted: z.boolean(),
    }),
    staff: z
      .object({
        permissions: z.array(z.enum(permissions)),
        lacks_second_factor: z
          .boolean()
          .describe('Everything for the staff is refused until an authenticator app or a passkey is set up'),
      })
      .nullable()
      .describe('What somebody of the staff may do; null for everybody else'),
    email_confirmed: z
      .boolean()
      .describe('False: until the link that was mailed is opened, little more than reading is allowed'),
    source: z.object({
      note: z.string().describe('As written'),
      fields: z.array(z.object({ name: z.string(), value: z.string(), verified_at: z.string().nullable() })),
      privacy: z.enum(['public', 'unlisted', 'private', 'direct']),
      sensitive: z.boolean(),
      language: z.string().nullable(),
      permissions: z
        .object({
          download: z.boolean(),
          duet: z.boolean(),
          stitch: z.boolean(),
          sound: z.boolean(),
          ask: z.boolean(),
        })
        .describe('What others may do with videos that do not say otherwise'),
      follow_requests_count: z.number(),
      hide_collections: z.boolean(),
      discoverable: z.boolean(),
      indexable: z.boolean(),
      attribution_domains: z.array(z.string()),
    }),
  })
  .meta({ id: 'CredentialAccount' });

export const relationshipEntity = z
  .object({
    id: z.string(),
    following: z.boolean(),
    showing_reblogs: z.boolean(),
    notifying: z.boolean(),
    languages: z.array(z.string()).nullable().describe('Videos in others are left out; null: all are shown'),
    requested: z.boolean(),
    requested_by: z.boolean(),
    followed_by: z.boolean(),
    blocking: z.boolean(),
    blocked_by: z.boolean(),
    muting: z.boolean(),
    muting_notifications: z.boolean(),
    muting_expires_at: z.string().nullable(),
    domain_blocking: z.boolean(),
    endorsed: z.boolean(),
    note: z.string().describe('What the viewer has noted for herself'),
  })
  .meta({ id: 'Relationship' });

export type AccountEntity = z.input<typeof accountEntity>;
