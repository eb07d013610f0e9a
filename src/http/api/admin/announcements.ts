import { z } from 'zod';
import { htmlOfPage } from '../../../lib/html/markdown.ts';
import { idSchema } from '../../../lib/ids.ts';
import { localTimeIn } from '../../../lib/zoned-time.ts';
import {
  type Announcement,
  announcementInputSchema,
  announcementStates,
} from '../../../modules/announcements/index.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { textPreviewEntity } from './text-preview.ts';

const announcementEntity = z
  .object({
    id: z.string(),
    text: z.string().describe('Markdown'),
    content: z.string().describe('The text as HTML'),
    state: z.enum(announcementStates),
    starts_at: z.string().nullable(),
    ends_at: z.string().nullable(),
    all_day: z.boolean(),
    time_zone: z.string(),
    local_starts_at: z.string().nullable().describe('As clocks of `time_zone` show it'),
    local_ends_at: z.string().nullable(),
    publish_at: z.string().nullable().describe('Null: it is a draft'),
    local_publish_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    reactions: z.array(z.object({ name: z.string(), count: z.number() })),
  })
  .meta({ id: 'AdminAnnouncement' });

const changedEntity = z
  .object({
    announcement: announcementEntity.nullable().describe('Null: it is gone'),
    audit_id: z.string().describe('The entry of the log, by which this can be taken back'),
  })
  .meta({ id: 'AnnouncementChange' });

type Told = Announcement & {
  readonly reactions?: readonly { readonly name: string; readonly count: number }[];
};

function entityOf(announcement: Told): z.input<typeof announcementEntity> {
  const { id, text, state, startsAt, endsAt, allDay, timeZone, publishAt, reactions = [] } = announcement;
  const local = (moment: Date | null) => moment && localTimeIn(timeZone, moment);
  return {
    ...{ id, text, state, content: htmlOfPage(text) },
    starts_at: startsAt?.toISOString() ?? null,
    ends_at: endsAt?.toISOString() ?? null,
    ...{ all_day: allDay, time_zone: timeZone },
    ...{ local_starts_at: local(startsAt), local_ends_at: local(endsAt) },
    publish_at: publishAt?.toISOString() ?? null,
    local_publish_at: local(publishAt),
    created_at: announcement.createdAt.toISOString(),
    updated_at: announcement.updatedAt.toISOString(),
    reactions: reactions.map(({ name, count }) => ({ name, count })),
  };
}

const forStaff = { audience: 'staff', permission: 'announcements' } as const;
const reading = { ...forStaff, scope: 'admin:read' } as const;
const writing = { ...forStaff, scope: 'admin:write' } as const;
const params = z.object({ id: idSchema<'announcement'>() });

const listAnnouncements = route({
  method: 'get',
  path: '/api/v1/admin/announcements',
  summary: 'Announcements, drafts and those that are over included, the newest first.',
  ...reading,
  output: z.array(announcementEntity),
  handler: async ({ deps }) => (await deps.announcements.list()).map(entityOf),
});

const addAnnouncement = route({
  method: 'post',
  path: '/api/v1/admin/announcements',
  summary: 'Write an announcement: a draft, or shown from now on or a later time on.',
  ...writing,
  body: announcementInputSchema,
  output: changedEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.add(tx, actorOf(viewer), body));
    if (!outcome.ok) throw refused(outcome);
    return { announcement: entityOf(outcome.announcement), audit_id: outcome.auditId };
  },
});

const previewAnnouncement = route({
  method: 'post',
  path: '/api/v1/admin/announcements/preview',
  summary: 'How a text would look; nothing is kept of it.',
  ...writing,
  body: z.object({ text: announcementInputSchema.in.shape.text }),
  output: textPreviewEntity,
  handler: async ({ body }) => ({ content: htmlOfPage(body.text) }),
});

const undoAnnouncement = route({
  method: 'post',
  path: '/api/v1/admin/announcements/undo',
  summary: 'Take back what was done to an announcement, by its entry in the log.',
  ...writing,
  body: z.object({ audit_id: idSchema<'audit'>() }),
  output: changedEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.undo(tx, actorOf(viewer), body.audit_id));
    if (!outcome.ok) throw refused(outcome);
    const { announcement, auditId } = outcome;
    return { announcement: announcement && entityOf(announcement), audit_id: auditId };
  },
});

const changeAnnouncement = route({
  method: 'put',
  path: '/api/v1/admin/announcements/:id',
  summary: 'Say an announcement anew, as a whole.',
  ...writing,
  params,
  body: announcementInputSchema,
  output: changedEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.change(tx, actorOf(viewer), id, body));
    if (!outcome.ok) throw refused(outcome);
    return { announcement: entityOf(outcome.announcement), audit_id: outcome.auditId };
  },
});

const publishAnnouncement = route({
  method: 'post',
  path: '/api/v1/admin/announcements/:id/publish',
  summary: 'Show an announcement from now on.',
  ...writing,
  params,
  output: changedEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.publish(tx, actorOf(viewer), id));
    if (!outcome.ok) throw refused(outcome);
    return { announcement: entityOf(outcome.announcement), audit_id: outcome.auditId };
  },
});

const endAnnouncement = route({
  method: 'post',
  path: '/api/v1/admin/announcements/:id/end',
  summary: 'Show an announcement to nobody any more.',
  ...writing,
  params,
  output: changedEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.end(tx, actorOf(viewer), id));
    if (!outcome.ok) throw refused(outcome);
    return { announcement: entityOf(outcome.announcement), audit_id: outcome.auditId };
  },
});

const removeAnnouncement = route({
  method: 'delete',
  path: '/api/v1/admin/announcements/:id',
  summary: 'Delete an announcement, with the signs below it.',
  ...writing,
  params,
  output: changedEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.announcements.remove(tx, actorOf(viewer), id));
    if (!outcome.ok) throw refused(outcome);
    return { announcement: null, audit_id: outcome.auditId };
  },
});

/** A fixed word stands before the parameter in its place. */
export const adminAnnouncementRoutes = [
  ...[listAnnouncements, addAnnouncement, previewAnnouncement, undoAnnouncement],
  ...[changeAnnouncement, publishAnnouncement, endAnnouncement, removeAnnouncement],
];
