import { z } from 'zod';
import { reportLimits } from '../../../../../config/limits.ts';
import { idSchema } from '../../../../lib/ids.ts';
import { actorOf } from '../../../../modules/auth/index.ts';
import { reportCategories } from '../../../../modules/moderation/index.ts';
import { ApiError, refused } from '../../../errors.ts';
import { downloadRoute, route } from '../../../route.ts';
import { toAccount } from '../../accounts/entities.ts';
import { text } from '../../inputs.ts';
import { linkNext } from '../../paging.ts';
import { accountEntity, accountParams } from '../../schemas.ts';
import { takeBack } from '../audit-log.ts';
import { groupEntitiesOf, groupPageOf, noteEntitiesOf } from './entities.ts';
import {
  changedEntity,
  evidenceEntity,
  groupPageEntity,
  noteEntity,
  reportGroupEntity,
  reportParams,
} from './schemas.ts';
import { reading, writing } from './single.ts';

/** The queue as the pages of this server work through it: by reported account, many at once. */

const idText = z.string().regex(/^\d{1,19}$/);

export const listGroups = route({
  method: 'get',
  path: '/api/v1/admin/report_groups',
  summary: 'Reports by reported account, the account with the oldest first.',
  ...reading,
  query: z.object({
    state: z.enum(['open', 'resolved', 'dismissed', 'closed']).default('open'),
    assigned: z.enum(['me', 'nobody']).optional(),
    source: z.string().max(300).optional().describe('`local`, `remote`, or a server'),
    category: z.enum(reportCategories).optional(),
    cursor: idText.optional(),
    limit: z.coerce.number().int().min(1).max(80).default(20),
  }),
  output: z.array(reportGroupEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const { state, source, category, assigned, cursor, limit } = query;
    const assignedTo = assigned === 'me' ? viewer.account.id : assigned;
    const after = cursor === undefined ? null : idSchema<'report'>().parse(cursor);
    const groups = await deps.reportDesk.groups({ state, source, category, assignedTo }, { after, limit });
    const last = groups.at(-1);
    if (last && groups.length === limit) linkNext(req, res, deps.urls.origin, last.oldestId);
    return groupEntitiesOf(deps, groups);
  },
});

export const reportTotals = route({
  method: 'get',
  path: '/api/v1/admin/report_totals',
  summary: 'How many reports wait.',
  ...reading,
  output: z
    .object({ open: z.number(), accounts: z.number(), untaken: z.number() })
    .meta({ id: 'ReportTotals' }),
  handler: ({ deps }) => deps.reportDesk.totals(),
});

export const getGroup = route({
  method: 'get',
  path: '/api/v1/admin/report_groups/:id',
  summary: 'Everything about one reported account: its reports, what became of earlier ones, notes.',
  ...reading,
  params: accountParams,
  output: groupPageEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const target = await deps.accounts.byId(id);
    const [group] = target ? await deps.reportDesk.groups({ targetId: id }, { after: null, limit: 1 }) : [];
    if (!target || !group) throw new ApiError('not-found', 'Nobody reported this account.');
    return groupPageOf(deps, target, group, viewer.account.id);
  },
});

export const reportStaff = route({
  method: 'get',
  path: '/api/v1/admin/report_staff',
  summary: 'To whom reports can be given.',
  ...reading,
  output: z.array(accountEntity),
  handler: async ({ deps }) => {
    const people = await deps.accounts.byIds(await deps.reportDesk.workers());
    return [...people.values()].map((account) => toAccount(deps, account));
  },
});

const pointers = z
  .array(z.object({ id: idSchema<'report'>(), version: z.number().int().optional() }))
  .min(1)
  .max(reportLimits.maxAtOnce);
const reason = text(1_000).optional();

export const changeReports = route({
  method: 'post',
  path: '/api/v1/admin/report_changes',
  summary:
    'Change several reports, all or none. Where one of them has another version by now, it is refused and says who was faster.',
  ...writing,
  body: z.discriminatedUnion('change', [
    z.object({
      change: z.literal('assign'),
      reports: pointers,
      to: idSchema<'account'>().nullable().describe('Null: to nobody'),
    }),
    z.object({ change: z.enum(['resolve', 'dismiss']), reports: pointers, reason }),
    z.object({ change: z.literal('reopen'), reports: pointers }),
  ]),
  output: changedEntity,
  handler: async ({ deps, body, viewer }) => {
    const by = actorOf(viewer);
    const { reports } = body;
    const outcome = await deps.inTx((tx) => {
      if (body.change === 'assign') return deps.reportDesk.assign(tx, by, { reports, to: body.to });
      if (body.change === 'reopen') return deps.reportDesk.reopen(tx, by, { reports });
      const as = body.change === 'resolve' ? 'resolved' : 'dismissed';
      const why = body.reason ? { reason: body.reason } : {};
      return deps.reportDesk.close(tx, by, { reports, as, ...why });
    });
    if (!outcome.ok) throw refused(outcome);
    return { audit_ids: [...outcome.auditIds] };
  },
});

export const undoReportChanges = route({
  method: 'post',
  path: '/api/v1/admin/report_changes/undo',
  summary:
    'Take changes of reports, notes, and what was done with them back, all or none, by their entries in the audit log.',
  ...writing,
  body: z.object({ audit_ids: z.array(idSchema<'audit'>()).min(1).max(reportLimits.maxAtOnce) }),
  output: changedEntity,
  handler: async ({ deps, body, viewer, req }) => {
    return takeBack(deps, viewer, { auditIds: body.audit_ids, reason: '', ip: req.ip });
  },
});

const noteBody = z.object({
  text: text(reportLimits.maxNoteCharacters).refine((said) => said !== '', 'Write something.'),
});
const notedEntity = noteEntity.extend({ audit_ids: z.array(z.string()) }).meta({ id: 'NewReportNote' });

export const listReportNotes = route({
  method: 'get',
  path: '/api/v1/admin/reports/:id/notes',
  summary: 'Notes of the staff on one report, oldest first.',
  ...reading,
  params: reportParams,
  output: z.array(noteEntity),
  handler: async ({ deps, params: { id } }) => {
    if (!(await deps.reportDesk.deskReport(id))) throw new ApiError('not-found', 'There is no such report.');
    return noteEntitiesOf(deps, await deps.reportDesk.notesOfReport(id));
  },
});

export const addReportNote = route({
  method: 'post',
  path: '/api/v1/admin/reports/:id/notes',
  summary: 'Note something about a report for the rest of the staff.',
  ...writing,
  params: reportParams,
  body: noteBody,
  output: notedEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.reportDesk.noteReport(tx, actorOf(viewer), { reportId: id, text: body.text }),
    );
    if (!outcome.ok) throw refused(outcome);
    const [entity] = await noteEntitiesOf(deps, [outcome.note]);
    if (!entity) throw new Error('A note without an entity');
    return { ...entity, audit_ids: [...outcome.auditIds] };
  },
});

export const listAccountNotes = route({
  method: 'get',
  path: '/api/v1/admin/accounts/:id/notes',
  summary: 'Notes of the staff on an account and its reports, oldest first.',
  ...reading,
  params: accountParams,
  output: z.array(noteEntity),
  handler: async ({ deps, params: { id } }) => {
    if (!(await deps.accounts.byId(id))) throw new ApiError('not-found', 'There is no such account.');
    return noteEntitiesOf(deps, await deps.reportDesk.notesAbout(id));
  },
});

export const addAccountNote = route({
  method: 'post',
  path: '/api/v1/admin/accounts/:id/notes',
  summary: 'Note something about an account for the rest of the staff.',
  ...writing,
  params: accountParams,
  body: noteBody,
  output: notedEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.reportDesk.noteAccount(tx, actorOf(viewer), { accountId: id, text: body.text }),
    );
    if (!outcome.ok) throw refused(outcome);
    const [entity] = await noteEntitiesOf(deps, [outcome.note]);
    if (!entity) throw new Error('A note without an entity');
    return { ...entity, audit_ids: [...outcome.auditIds] };
  },
});

export const forwardReport = route({
  method: 'post',
  path: '/api/v1/admin/reports/:id/forward',
  summary:
    'Tell the server of the reported account, in the name of this one and in your words. It cannot be taken back.',
  ...writing,
  params: reportParams,
  body: z.object({ summary: text(reportLimits.maxCommentCharacters) }),
  output: changedEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.reportDesk.forward(tx, actorOf(viewer), { id, summary: body.summary }),
    );
    if (!outcome.ok) throw refused(outcome);
    return { audit_ids: [...outcome.auditIds] };
  },
});

export const getEvidence = route({
  method: 'get',
  path: '/api/v1/admin/reports/:id/evidence',
  summary: 'What was reported, as it was then. Who looks at it is written down.',
  ...reading,
  params: reportParams,
  output: z.array(evidenceEntity),
  handler: async ({ deps, params: { id }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.reportDesk.lookAtEvidence(tx, actorOf(viewer), id));
    if (!outcome.ok) throw refused(outcome);
    return Promise.all(
      outcome.evidence.map(async (one) => {
        const video = one.post.kind === 'video' ? await deps.videos.internal(one.post.id) : null;
        const mp4 = video?.assets.find(({ role }) => role === 'mp4');
        return {
          id: one.id,
          kind: one.post.kind,
          status_id: one.post.id,
          uri: one.uri,
          posted_at: one.postedAt.toISOString(),
          captured_at: one.capturedAt.toISOString(),
          text: one.text,
          transcript: one.transcript,
          frames_state: one.framesState,
          frames: one.frames && {
            url: `${deps.urls.origin}/api/v1/admin/evidence/${one.id}/frames`,
            interval: one.frames.interval,
            tiles: one.frames.tiles,
            columns: one.frames.columns,
            rows: one.frames.rows,
            tile_width: one.frames.tileWidth,
            tile_height: one.frames.tileHeight,
            sha256: one.frames.sha256,
          },
          labels: [...one.labels],
          files: one.files.map(({ role, sha256, bytes }) => ({ role, sha256, bytes })),
          video_url: video && mp4 ? deps.mediaUrls.objectUrl(mp4.key, video) : null,
        };
      }),
    );
  },
});

export const evidenceFrames = downloadRoute({
  path: '/api/v1/admin/evidence/:id/frames',
  summary: 'The sheet with the frames of a reported video.',
  ...reading,
  limit: { name: 'read', points: 600, seconds: 60 },
  params: z.object({ id: idSchema<'evidence'>() }),
  contentType: 'image/jpeg',
  handler: async ({ deps, params: { id } }) => {
    const sheet = await deps.reportDesk.sheetOf(id);
    if (!sheet) throw new ApiError('not-found', 'No frames are kept.');
    return { ...sheet, name: `evidence-${id}.jpg`, etag: `"evidence-${id}"` };
  },
});
