import { z } from 'zod';
import { htmlOfPage } from '../../../lib/html/markdown.ts';
import { idSchema } from '../../../lib/ids.ts';
import type { Reaction, ReadAnnouncement } from '../../../modules/announcements/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { emptyEntity } from '../schemas.ts';

const reactionEntity = z
  .object({
    name: z.string().describe('An emoji'),
    count: z.number(),
    me: z.boolean().optional().describe('Whether you gave it; left out where nobody is signed in'),
  })
  .meta({ id: 'AnnouncementReaction' });

const announcementEntity = z
  .object({
    id: z.string(),
    content: z.string().describe('HTML, safe to show'),
    starts_at: z.string().nullable().describe('Of what it tells of'),
    ends_at: z.string().nullable().describe('It is not shown any more from then on'),
    all_day: z.boolean().describe('It begins and ends with days of `time_zone`'),
    time_zone: z.string().describe('Ours: the one its times were written in'),
    published_at: z.string(),
    updated_at: z.string(),
    read: z.boolean().optional().describe('Whether you dismissed it; left out where nobody is signed in'),
    mentions: z.array(z.object({})),
    statuses: z.array(z.object({})),
    tags: z.array(z.object({})),
    emojis: z.array(z.object({})),
    reactions: z.array(reactionEntity),
  })
  .meta({ id: 'Announcement' });

/** As a reader is shown it; `isForOne`: whether what this reader did with it is said. */
export function announcementEntityOf(
  announcement: ReadAnnouncement,
  isForOne: boolean,
): z.input<typeof announcementEntity> {
  const { id, text, startsAt, endsAt, allDay, timeZone, publishAt, updatedAt, read, reactions } =
    announcement;
  return {
    id,
    content: htmlOfPage(text),
    starts_at: startsAt?.toISOString() ?? null,
    ends_at: endsAt?.toISOString() ?? null,
    ...{ all_day: allDay, time_zone: timeZone },
    published_at: (publishAt ?? updatedAt).toISOString(),
    updated_at: updatedAt.toISOString(),
    ...(isForOne && { read }),
    ...{ mentions: [], statuses: [], tags: [], emojis: [] },
    reactions: reactions.map(({ name, count, me }: Reaction) => ({ name, count, ...(isForOne && { me }) })),
  };
}

const getAnnouncements = route({
  method: 'get',
  path: '/api/v1/announcements',
  summary: 'What the staff tells everybody at this moment, the newest first.',
  audience: 'anyone',
  scope: 'read',
  output: z.array(announcementEntity),
  handler: async ({ deps, viewer }) => {
    const shown = await deps.announcements.shown(viewer?.account.id ?? null);
    return shown.map((one) => announcementEntityOf(one, viewer !== null));
  },
});

const params = z.object({ id: idSchema<'announcement'>() });

const dismissAnnouncement = route({
  method: 'post',
  path: '/api/v1/announcements/:id/dismiss',
  summary: 'You have read it, and do not want to see it again.',
  audience: 'signed-in',
  scope: 'write:accounts',
  ...{ beforeConfirmed: true, whileFrozen: true },
  params,
  output: emptyEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.dismiss(tx, viewer.account.id, id));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

const reactionParams = params.extend({ name: z.string().max(100).describe('An emoji') });

const addReaction = route({
  method: 'put',
  path: '/api/v1/announcements/:id/reactions/:name',
  summary: 'Give an emoji below it.',
  audience: 'signed-in',
  scope: 'write:favourites',
  params: reactionParams,
  output: emptyEntity,
  handler: async ({ deps, params: { id, name }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.react(tx, viewer.account.id, id, name));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

const removeReaction = route({
  method: 'delete',
  path: '/api/v1/announcements/:id/reactions/:name',
  summary: 'Take an emoji back.',
  audience: 'signed-in',
  scope: 'write:favourites',
  params: reactionParams,
  output: emptyEntity,
  handler: async ({ deps, params: { id, name }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.unreact(tx, viewer.account.id, id, name));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const announcementRoutes = [getAnnouncements, dismissAnnouncement, addReaction, removeReaction];
