import { z } from 'zod';
import { notificationLimits } from '../../../../config/live-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import {
  groupedTypes,
  mutableTypes,
  notificationTypes,
  policyActions,
} from '../../../modules/notifications/index.ts';
import { accountEntity, flagSchema, processingEntity, statusEntity } from '../schemas.ts';

export const notificationParams = z.object({ id: idSchema<'notification'>() });
export const groupParams = z.object({ group_key: z.string().min(1).max(200) });
/** A request goes by the account whose notifications were set aside. */
export const requestParams = z.object({ id: idSchema<'account'>() });

/** One or several values of a query, as clients write them. */
const several = z.union([
  z.array(z.string().max(50)).max(notificationLimits.maxTypesInQuery),
  z
    .string()
    .max(50)
    .transform((one) => [one]),
]);

const limitOf = (usual: number, most: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(usual)
    .transform((limit) => Math.min(limit, most));

const pages = {
  max_id: idSchema<'notification'>().optional(),
  min_id: idSchema<'notification'>().optional(),
  since_id: idSchema<'notification'>().optional(),
  limit: limitOf(notificationLimits.defaultPageItems, notificationLimits.maxPageItems),
};

const filters = {
  types: several.optional().describe('Only these; names that are not known match nothing'),
  exclude_types: several.optional(),
  account_id: idSchema<'account'>().optional().describe('Only what this account did'),
  include_filtered: flagSchema.default(false),
};

export const notificationsQuery = z.object({ ...pages, ...filters });
export const unreadQuery = z.object({
  ...filters,
  limit: limitOf(notificationLimits.unreadDefault, notificationLimits.unreadMax),
});
const grouping = { grouped_types: several.default([...groupedTypes]) };
export const groupsQuery = notificationsQuery.extend({
  ...grouping,
  expand_accounts: z.enum(['full', 'partial_avatars']).default('full'),
});
export const unreadGroupsQuery = unreadQuery.extend(grouping);
export const requestsQuery = z.object(pages);
export const accountsOfGroupQuery = z.object({
  limit: limitOf(notificationLimits.defaultPageItems, notificationLimits.maxPageItems),
});

const type = z
  .enum(notificationTypes)
  .describe(
    'Those that begin with vireo are our own: an upload can be watched, or was refused; somebody put you into a starter pack',
  );

export const warningEntity = z
  .object({
    id: z.string(),
    action: z.string().describe('What was done; see `Strike`'),
    text: z.string(),
    status_ids: z.array(z.string()),
    target_account: accountEntity,
    appeal: z.object({ text: z.string(), state: z.enum(['pending', 'approved', 'rejected']) }).nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'AccountWarning' });

const reportEntity = z
  .object({
    id: z.string(),
    action_taken: z.boolean(),
    action_taken_at: z.string().nullable(),
    category: z.enum(['spam', 'violation', 'legal', 'other']),
    comment: z.string(),
    forwarded: z.boolean(),
    created_at: z.string(),
    status_ids: z.array(z.string()),
    rule_ids: z.array(z.string()),
    target_account: accountEntity,
  })
  .meta({ id: 'NotificationReport' });

const about = {
  report: reportEntity.nullable().describe('Of type admin.report'),
  moderation_warning: warningEntity.nullable().describe('Of type moderation_warning'),
  pack: z
    .object({ id: z.string(), title: z.string(), url: z.string() })
    .nullable()
    .describe('Of type vireo.pack: the starter pack you were put into'),
  processing: processingEntity.nullable().describe('Of type vireo.rejected: why the upload was refused'),
};

export const notificationEntity = z
  .object({
    id: z.string(),
    type,
    group_key: z.string(),
    created_at: z.string(),
    account: accountEntity.describe('Who did it'),
    status: statusEntity.nullable(),
    ...about,
  })
  .meta({ id: 'Notification' });

const groupEntity = z
  .object({
    group_key: z.string(),
    notifications_count: z.number(),
    type,
    most_recent_notification_id: z.number().describe('Below 2^53'),
    page_min_id: z.string(),
    page_max_id: z.string(),
    latest_page_notification_at: z.string(),
    sample_account_ids: z.array(z.string()),
    status_id: z.string().nullable(),
    clip_id: z
      .string()
      .nullable()
      .describe('Our own: the video that is spoken of, or below which the comment is; among `statuses`, too'),
    ...about,
  })
  .meta({ id: 'NotificationGroup' });

const partialAccountEntity = z
  .object({
    id: z.string(),
    acct: z.string(),
    url: z.string(),
    avatar: z.string().nullable(),
    avatar_static: z.string().nullable(),
    locked: z.boolean(),
    bot: z.boolean(),
  })
  .meta({ id: 'PartialAccountWithAvatar' });

export const groupedEntity = z
  .object({
    accounts: z.array(accountEntity),
    partial_accounts: z.array(partialAccountEntity).optional(),
    statuses: z.array(statusEntity),
    notification_groups: z.array(groupEntity),
  })
  .meta({ id: 'GroupedNotifications' });

const action = z.enum(policyActions);

const policyFields = {
  for_not_following: action,
  for_not_followers: action,
  for_new_accounts: action,
  for_private_mentions: action,
  for_limited_accounts: action,
  muted_types: z
    .array(z.enum(mutableTypes))
    .describe(
      'Our own: types of which nothing is told. Of mentions, `vireo.comment` are comments on your videos, and `vireo.reply` answers to your comments',
    ),
};

export const policyEntity = z
  .object({
    ...policyFields,
    summary: z.object({
      pending_requests_count: z.number(),
      pending_notifications_count: z.number(),
    }),
  })
  .meta({ id: 'NotificationPolicy' });

export const policyBody = z
  .object({ ...policyFields, muted_types: z.array(z.enum(mutableTypes)).max(mutableTypes.length) })
  .partial();

export const requestEntity = z
  .object({
    id: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    notifications_count: z.string().describe('A number in digits, as the Mastodon API has it'),
    account: accountEntity,
    last_status: statusEntity.nullable(),
  })
  .meta({ id: 'NotificationRequest' });

const requestIds = z.array(idSchema<'account'>()).min(1).max(notificationLimits.maxRequestsAtOnce);
export const requestsBody = z.object({
  id: z.union([requestIds, idSchema<'account'>().transform((one) => [one])]),
});

export type NotificationEntity = z.input<typeof notificationEntity>;
export type GroupEntity = z.input<typeof groupEntity>;
