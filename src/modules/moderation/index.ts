import type { Knex } from 'knex';
import { reportLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { type Emit, emitter } from '../../db/outbox.ts';
import { accountListedTo, commentVisibleTo, playlistVisibleTo, visibleTo } from '../../db/visibility.ts';
import type { AccountId, CommentId, IdSource, PackId, PlaylistId, ReportId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Urls } from '../instances/index.ts';
import { moderationEvents } from './events.ts';
import { keepTexts } from './report-desk/capture.ts';
import type { ReportCategory } from './report-desk/model.ts';

export { moderationEvents } from './events.ts';
export * from './legal-holds/index.ts';
export * from './measures/index.ts';
export * from './report-desk/index.ts';

export type Moderation = ReturnType<typeof createModeration>;

/** What somebody tells the staff of an account. */
export interface Report {
  readonly id: ReportId;
  readonly reporterId: AccountId;
  readonly targetId: AccountId;
  readonly uri: string;
  readonly videoIds: readonly VideoId[];
  readonly commentIds: readonly CommentId[];
  readonly packIds: readonly PackId[];
  readonly playlistIds: readonly PlaylistId[];
  readonly comment: string;
  readonly category: ReportCategory;
  /** Of the rules of this server, those that are broken. */
  readonly ruleIds: readonly string[];
  /** The server of the account was told, too. */
  readonly forwarded: boolean;
  readonly createdAt: Date;
}

type Optional = Pick<Report, 'category' | 'ruleIds' | 'packIds' | 'playlistIds'>;
type NewReport = Omit<Report, 'id' | 'uri' | 'createdAt' | 'forwarded' | keyof Optional> &
  Partial<Optional> & {
    /** Id of a Flag from elsewhere. */
    readonly uri?: string;
    /** Tell the server of the account as well, without the reporter’s name. */
    readonly forward: boolean;
    /** A rule of the server files it: then nothing limits how many. */
    readonly byServer?: boolean;
  };

interface Deps {
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly emit: Emit<typeof moderationEvents>;
}

/** Files a report. Posts, packs and playlists must be the reported account’s: others are left out. A repeated Flag is one report. */
async function file(
  deps: Deps,
  tx: Tx,
  input: NewReport,
): Promise<Result<{ reportId: ReportId }, 'known' | 'too-many-reports'>> {
  if (!input.byServer && (await filedEnough(tx, input.reporterId))) {
    return fail('too-many-reports', 'Too many reports came from there today.');
  }
  const own = ownPosts(tx, input);
  const posts = {
    videoIds: await own.videos(input.videoIds),
    commentIds: await own.comments(input.commentIds),
    packIds: await own.packs(input.packIds ?? []),
    playlistIds: await own.playlists(input.playlistIds ?? []),
  };
  const id = deps.ids.next<'report'>();
  const rows = await tx('reports')
    .insert({
      id,
      reporter_id: input.reporterId,
      target_id: input.targetId,
      uri: input.uri ?? deps.urls.report(id),
      video_ids: posts.videoIds,
      comment_ids: posts.commentIds,
      pack_ids: posts.packIds,
      playlist_ids: posts.playlistIds,
      comment: input.comment.slice(0, reportLimits.maxCommentCharacters),
      category: input.category ?? 'other',
      rule_ids: [...(input.ruleIds ?? [])],
      forwarded: input.forward,
    })
    .onConflict('uri')
    .ignore()
    .returning('id');
  if (rows.length === 0) return fail('known', 'This report is known already.');
  // In the same transaction: whoever deletes the post a moment later deletes no evidence.
  await keepTexts(tx, deps, { reportId: id, ...posts });
  await deps.emit(tx, 'report.filed', { reportId: id, forward: input.forward });
  return ok({ reportId: id });
}

async function filedEnough(tx: Tx, reporterId: AccountId): Promise<boolean> {
  const recent = await tx('reports')
    .whereIn('reporter_id', reporters(tx, reporterId))
    .where('created_at', '>', tx.raw(`now() - interval '1 day'`))
    .count('* as count')
    .first();
  return Number(recent?.count) >= reportLimits.perReporterPerDay;
}

/**
 * Who shares one allowance: a person of this server has its own, and another server one for all its accounts,
 * for it can make as many of them as it likes (security.md V7).
 */
function reporters(tx: Tx, reporterId: AccountId): Knex.QueryBuilder {
  const domain = tx('accounts').where({ id: reporterId }).whereNot({ domain: '' }).select('domain');
  return tx('accounts').where({ id: reporterId }).orWhereIn('domain', domain).select('id');
}

/**
 * The posts, packs and playlists of a report that are the reported account’s. A person of this server names only what it sees: nobody
 * leads the staff to a post of which only the id was guessed (security.md P2). What another server may know
 * of, it alone can tell.
 */
function ownPosts(tx: Tx, { reporterId, targetId, uri }: NewReport) {
  const seen = (rule: ReturnType<typeof visibleTo>) => (query: Knex.QueryBuilder) =>
    uri === undefined ? query.modify(rule) : query;
  return {
    videos: (ids: readonly VideoId[]): Promise<VideoId[]> =>
      tx('videos')
        .whereIn('videos.id', [...ids])
        .where('videos.account_id', targetId)
        .modify(seen(visibleTo(reporterId)))
        .pluck('videos.id'),
    comments: (ids: readonly CommentId[]): Promise<CommentId[]> =>
      tx('comments')
        .join('videos', 'videos.id', 'comments.video_id')
        .whereIn('comments.id', [...ids])
        .where('comments.account_id', targetId)
        .modify(seen(commentVisibleTo(reporterId)))
        .pluck('comments.id'),
    packs: (ids: readonly PackId[]): Promise<PackId[]> =>
      tx('packs')
        .join('accounts', 'accounts.id', 'packs.account_id')
        .whereIn('packs.id', [...ids])
        .where('packs.account_id', targetId)
        .modify(
          seen((query) =>
            query.whereNull('packs.taken_down_at').modify(accountListedTo(reporterId, 'shown')),
          ),
        )
        .pluck('packs.id'),
    playlists: (ids: readonly PlaylistId[]): Promise<PlaylistId[]> =>
      tx('playlists')
        .whereIn('playlists.id', [...ids])
        .where('playlists.account_id', targetId)
        .modify(seen(playlistVisibleTo(reporterId, 'shown')))
        .pluck('playlists.id'),
  };
}

/** Reports to the staff. */
export function createModeration(base: { db: Db; ids: IdSource; urls: Urls }) {
  const deps = { ...base, emit: emitter(moderationEvents, base.ids) };
  return {
    file: (tx: Tx, input: NewReport) => file(deps, tx, input),

    async report(id: ReportId): Promise<Report | null> {
      const row = await base.db('reports').where({ id }).first();
      return row === undefined ? null : fromRow(row);
    },

    /** These reports, in no order. */
    async reportsAmong(ids: readonly ReportId[]): Promise<Report[]> {
      if (ids.length === 0) return [];
      return (await base.db('reports').whereIn('id', [...ids])).map(fromRow);
    },

    /** Reports that wait for the staff, oldest first. */
    async openReports(limit: number): Promise<Report[]> {
      const rows = await base.db('reports').where({ state: 'open' }).orderBy('id').limit(limit);
      return rows.map(fromRow);
    },
  };
}

interface ReportRow {
  readonly id: ReportId;
  readonly reporter_id: AccountId;
  readonly target_id: AccountId;
  readonly uri: string;
  readonly video_ids: VideoId[];
  readonly comment_ids: CommentId[];
  readonly pack_ids: PackId[];
  readonly playlist_ids: PlaylistId[];
  readonly comment: string;
  readonly category: ReportCategory;
  readonly rule_ids: string[];
  readonly forwarded: boolean;
  readonly created_at: Date;
}

function fromRow(row: ReportRow): Report {
  return {
    id: row.id,
    reporterId: row.reporter_id,
    targetId: row.target_id,
    uri: row.uri,
    videoIds: row.video_ids,
    commentIds: row.comment_ids,
    packIds: row.pack_ids,
    playlistIds: row.playlist_ids,
    comment: row.comment,
    category: row.category,
    ruleIds: row.rule_ids,
    forwarded: row.forwarded,
    createdAt: row.created_at,
  };
}
