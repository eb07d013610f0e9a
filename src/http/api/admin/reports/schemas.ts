import { z } from 'zod';
import { reportLimits } from '../../../../../config/limits.ts';
import { idSchema } from '../../../../lib/ids.ts';
import { reportCategories, reportStates } from '../../../../modules/moderation/index.ts';
import { accountEntity, labelEntity, statusEntity } from '../../schemas.ts';

export const reportParams = z.object({ id: idSchema<'report'>() });

const partyEntity = z
  .object({
    id: z.string(),
    username: z.string(),
    domain: z.string().nullable(),
    created_at: z.string(),
    account: accountEntity,
  })
  .meta({ id: 'AdminReportParty' });

const ruleEntity = z.object({ id: z.string(), text: z.string(), hint: z.string() });

/** Admin::Report of the Mastodon API, with what the queue of this server knows besides. */
export const adminReportEntity = z
  .object({
    id: z.string(),
    action_taken: z.boolean().describe('Whether it is closed'),
    action_taken_at: z.string().nullable(),
    category: z.enum(reportCategories),
    comment: z.string(),
    forwarded: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
    account: partyEntity.describe('Who reports'),
    target_account: partyEntity,
    assigned_account: partyEntity.nullable(),
    action_taken_by_account: partyEntity.nullable(),
    statuses: z.array(statusEntity).describe('Those that can still be seen'),
    rules: z.array(ruleEntity),
    state: z.enum(reportStates),
    source: z.string().nullable().describe('The server that it came from; null: this one'),
    version: z.number().describe('One more with each change; name it where you change something'),
    status_ids: z.array(z.string()),
    pack_ids: z.array(z.string()).describe('Starter packs of the account'),
    playlist_ids: z.array(z.string()).describe('Playlists of the account'),
  })
  .meta({ id: 'AdminReport' });

const reportedPostEntity = z
  .object({
    kind: z.enum(['video', 'comment', 'pack', 'playlist']),
    id: z.string(),
    count: z.number().describe('Reports that name it'),
  })
  .meta({ id: 'ReportedPost' });

/** A report within its group: who is meant stands once for all. */
const deskReportEntity = z
  .object({
    id: z.string(),
    version: z.number(),
    state: z.enum(reportStates),
    category: z.enum(reportCategories),
    rule_ids: z.array(z.string()),
    comment: z.string(),
    source: z.string().nullable(),
    reporter: accountEntity,
    status_ids: z.array(z.string()),
    pack_ids: z.array(z.string()),
    playlist_ids: z.array(z.string()),
    forwarded: z.boolean(),
    assigned_to: accountEntity.nullable(),
    closed_by: accountEntity.nullable(),
    closed_at: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'DeskReport' });

export const reportGroupEntity = z
  .object({
    id: z.string().describe('Of the reported account'),
    target_account: accountEntity,
    count: z.number(),
    reporters: z.number(),
    oldest_at: z.string(),
    newest_at: z.string(),
    categories: z.array(z.object({ category: z.enum(reportCategories), count: z.number() })),
    rules: z.array(ruleEntity),
    sources: z.array(z.object({ host: z.string().nullable(), count: z.number() })),
    assigned_to: z.array(accountEntity),
    posts: z.array(reportedPostEntity),
    reports: z
      .array(z.object({ id: z.string(), version: z.number() }))
      .describe(`The oldest ${reportLimits.maxShown}, as a change of the group names them`),
  })
  .meta({ id: 'ReportGroup' });

const standingsEntity = z.object({ open: z.number(), resolved: z.number(), dismissed: z.number() });

export const noteEntity = z
  .object({
    id: z.string(),
    report_id: z.string().nullable(),
    account: accountEntity.nullable().describe('Who wrote it; null: at the command line'),
    text: z.string(),
    created_at: z.string(),
  })
  .meta({ id: 'ReportNote' });

/** What somebody put together, for those who may take it down. */
const collectedEntity = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    url: z.string(),
    taken_down: z.boolean(),
  })
  .meta({ id: 'ReportedCollection' });

export const groupPageEntity = z
  .object({
    target_account: accountEntity,
    reports: z.array(deskReportEntity),
    count: z.number().describe('Of all reports about the account, shown or not'),
    history: standingsEntity,
    reporters: z
      .array(standingsEntity.extend({ id: z.string() }))
      .describe('How earlier reports of each reporter ended'),
    statuses: z.array(statusEntity),
    posts: z.array(reportedPostEntity).describe('The most reported first; also those that are gone'),
    packs: z.array(collectedEntity).describe('The starter packs among them that are there'),
    playlists: z.array(collectedEntity).describe('The playlists among them that are there'),
    notes: z.array(noteEntity),
    actions: z
      .array(
        z.object({
          id: z.string(),
          action: z.string(),
          reason: z.string(),
          created_at: z.string(),
          undone: z.boolean(),
        }),
      )
      .describe('What the staff did to the account, newest first'),
    similar: z.array(
      z.object({
        id: z.string(),
        category: z.enum(reportCategories),
        comment: z.string(),
        target_account: accountEntity,
      }),
    ),
  })
  .meta({ id: 'ReportGroupPage' });

export const changedEntity = z
  .object({
    audit_ids: z.array(z.string()).describe('Entries of the audit log, by which it can be taken back'),
  })
  .meta({ id: 'ReportChange' });

export const evidenceEntity = z
  .object({
    id: z.string(),
    kind: z.enum(['video', 'comment', 'pack', 'playlist']),
    status_id: z.string().describe('Of the post, starter pack or playlist'),
    uri: z.string(),
    posted_at: z.string(),
    captured_at: z.string(),
    text: z.string(),
    transcript: z.string(),
    frames_state: z.enum(['none', 'waiting', 'kept', 'missing']),
    frames: z
      .object({
        url: z.string(),
        interval: z.number().describe('Seconds of the video for each picture'),
        tiles: z.number(),
        columns: z.number(),
        rows: z.number(),
        tile_width: z.number(),
        tile_height: z.number(),
        sha256: z.string(),
      })
      .nullable(),
    files: z.array(z.object({ role: z.string(), sha256: z.string(), bytes: z.number() })),
    labels: z.array(labelEntity).describe('What the classifier had said of the video'),
    video_url: z.string().nullable().describe('Where it can be watched; null once it is gone'),
  })
  .meta({ id: 'ReportEvidence' });
