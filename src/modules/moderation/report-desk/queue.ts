import type { Knex } from 'knex';
import { reportLimits } from '../../../../config/limits.ts';
import type { Db, Tx } from '../../../db/database.ts';
import { within } from '../../../db/paging.ts';
import type { AccountId, CommentId, PackId, PlaylistId, ReportId, VideoId } from '../../../lib/ids.ts';
import type { Page } from '../../../lib/paging.ts';
import {
  type DeskReport,
  type DeskRow,
  fromDeskRow,
  type ReportCategory,
  type ReportState,
} from './model.ts';
import { workersOn } from './workers.ts';

/** Which reports are asked for; what is left out does not narrow. */
export interface QueueFilter {
  readonly state?: ReportState | 'closed' | undefined;
  /** `nobody`: those that no one has taken. */
  readonly assignedTo?: AccountId | 'nobody' | undefined;
  /** `local`: from people of this server; `remote`: from other servers; else from one of these. */
  readonly source?: string | undefined;
  readonly category?: ReportCategory | undefined;
  readonly targetId?: AccountId | undefined;
  readonly reporterId?: AccountId | undefined;
}

export type ReportedPost =
  | { readonly kind: 'video'; readonly id: VideoId }
  | { readonly kind: 'comment'; readonly id: CommentId }
  | { readonly kind: 'pack'; readonly id: PackId }
  | { readonly kind: 'playlist'; readonly id: PlaylistId };

/** Reports of one account, as the queue shows them. */
export interface ReportGroup {
  readonly targetId: AccountId;
  readonly count: number;
  readonly reporters: number;
  readonly oldestId: ReportId;
  readonly oldestAt: Date;
  readonly newestAt: Date;
  readonly categories: readonly { readonly category: ReportCategory; readonly count: number }[];
  readonly ruleIds: readonly string[];
  /** Reports by host of the reporter; `''`: this server. */
  readonly sources: Readonly<Record<string, number>>;
  readonly assignedTo: readonly AccountId[];
  /** How many name each post, the most reported first. */
  readonly posts: readonly (ReportedPost & { readonly count: number })[];
  /** The oldest of them, with the versions that a change of the group names. */
  readonly reports: readonly DeskReport[];
}

/** How somebody’s earlier reports ended. */
export interface Standings {
  readonly open: number;
  readonly resolved: number;
  readonly dismissed: number;
}

/** The reports as the staff reads them. */
export function reportQueue(db: Db) {
  const desk = () => deskRows(db);
  return {
    /** Reports by account, that with the oldest first; `after` is the `oldestId` of the last group of the page before. */
    groups: (filter: QueueFilter, page: GroupsPage): Promise<ReportGroup[]> =>
      // Of one moment: others may close the reports of a group between its number and its rows.
      db.transaction((snapshot) => groupsOf(snapshot, filter, page), {
        ...{ isolationLevel: 'repeatable read', readOnly: true },
      }),

    /** How many reports of each state, and accounts with open ones, the whole queue has. */
    async totals(): Promise<{ readonly open: number; readonly accounts: number; readonly untaken: number }> {
      const row = await db('reports')
        .where({ state: 'open' })
        .select(db.raw('count(*) as open, count(distinct target_id) as accounts'))
        .select(db.raw('count(*) filter (where assigned_to is null) as untaken'))
        .first();
      return { open: Number(row?.open), accounts: Number(row?.accounts), untaken: Number(row?.untaken) };
    },

    /** People of the staff to whom reports can be given. */
    workers: (): Promise<AccountId[]> => workersOn(db).orderBy('users.account_id').pluck('users.account_id'),

    async deskReport(id: ReportId): Promise<DeskReport | null> {
      const row = await desk().where('reports.id', id).first();
      return row === undefined ? null : fromDeskRow(row);
    },

    /** Single reports, newest first. */
    list: async (filter: QueueFilter, page: Page): Promise<DeskReport[]> =>
      (await desk().modify(narrowed(filter)).modify(within(page, 'reports.id'))).map(fromDeskRow),

    /** How reports about these accounts ended. */
    aboutAccounts: (ids: readonly AccountId[]) => recordsBy(db, 'target_id', ids),
    /** How reports by these accounts ended: how often each was right. */
    byAccounts: (ids: readonly AccountId[]) => recordsBy(db, 'reporter_id', ids),

    /**
     * Open reports about others that look alike: with the same words, or about accounts of the same other server for
     * the same reason.
     */
    async similar(targetId: AccountId, limit: number): Promise<DeskReport[]> {
      const own = () => db('reports').where({ target_id: targetId, state: 'open' });
      const host = db('accounts').where({ id: targetId }).whereNot({ domain: '' }).select('domain');
      const rows = await desk()
        .join('accounts as targets', 'targets.id', 'reports.target_id')
        .where('reports.state', 'open')
        .whereNot('reports.target_id', targetId)
        .where((alike) =>
          alike
            .whereIn('reports.comment', own().whereRaw('length(comment) > 0').select('comment'))
            .orWhere((same) =>
              same.whereIn('targets.domain', host).whereIn('reports.category', own().select('category')),
            ),
        )
        .orderBy('reports.id')
        .limit(limit);
      return rows.map(fromDeskRow);
    },

    /** What somebody of this server reported, newest first. */
    filedBy: async (reporterId: AccountId, page: Page): Promise<DeskReport[]> =>
      (await desk().where('reports.reporter_id', reporterId).modify(within(page, 'reports.id'))).map(
        fromDeskRow,
      ),
  };
}

interface GroupsPage {
  readonly after: ReportId | null;
  readonly limit: number;
}

const deskRows = (db: Db | Tx) =>
  db('reports')
    .join('accounts as reporters', 'reporters.id', 'reports.reporter_id')
    .select('reports.*', 'reporters.domain as source');

async function groupsOf(tx: Tx, filter: QueueFilter, page: GroupsPage): Promise<ReportGroup[]> {
  const heads: { target_id: AccountId; count: string; reporters: string; oldest: ReportId }[] = await tx(
    'reports',
  )
    .join('accounts as reporters', 'reporters.id', 'reports.reporter_id')
    .modify(narrowed(filter))
    .groupBy('reports.target_id')
    .modify((query) => {
      if (page.after !== null) query.havingRaw('min(reports.id) > ?', [page.after]);
    })
    .orderByRaw('min(reports.id)')
    .limit(page.limit)
    .select('reports.target_id')
    .select(tx.raw('count(*) as count, count(distinct reports.reporter_id) as reporters'))
    .select(tx.raw('min(reports.id) as oldest'));
  const rows: (DeskRow & { rank: string })[] = await tx
    .select('*')
    .from(
      deskRows(tx)
        .modify(narrowed(filter))
        .whereIn(
          'reports.target_id',
          heads.map((head) => head.target_id),
        )
        .select(tx.raw('row_number() over (partition by reports.target_id order by reports.id) as rank'))
        .as('ranked'),
    )
    .where('rank', '<=', reportLimits.maxShown)
    .orderBy('id');
  return heads.map((head) => {
    const reports = rows.filter((row) => row.target_id === head.target_id).map(fromDeskRow);
    return foldGroup(head.target_id, Number(head.count), Number(head.reporters), reports);
  });
}

function narrowed(filter: QueueFilter) {
  return (query: Knex.QueryBuilder): void => {
    if (filter.state === 'closed') query.whereNot('reports.state', 'open');
    else if (filter.state !== undefined) query.where('reports.state', filter.state);
    if (filter.assignedTo === 'nobody') query.whereNull('reports.assigned_to');
    else if (filter.assignedTo !== undefined) query.where('reports.assigned_to', filter.assignedTo);
    if (filter.source === 'local') query.where('reporters.domain', '');
    else if (filter.source === 'remote') query.whereNot('reporters.domain', '');
    else if (filter.source !== undefined) query.where('reporters.domain', filter.source);
    if (filter.category !== undefined) query.where('reports.category', filter.category);
    if (filter.targetId !== undefined) query.where('reports.target_id', filter.targetId);
    if (filter.reporterId !== undefined) query.where('reports.reporter_id', filter.reporterId);
  };
}

function foldGroup(
  targetId: AccountId,
  count: number,
  reporters: number,
  reports: readonly DeskReport[],
): ReportGroup {
  const [oldest] = reports;
  const newest = reports.at(-1);
  if (!oldest || !newest) throw new Error(`No reports of account ${targetId}`);
  const posts = [
    ...[...counted(reports.flatMap(({ videoIds }) => videoIds))].map(([id, count]) => ({
      ...{ kind: 'video' as const, id, count },
    })),
    ...[...counted(reports.flatMap(({ commentIds }) => commentIds))].map(([id, count]) => ({
      ...{ kind: 'comment' as const, id, count },
    })),
    ...[...counted(reports.flatMap(({ packIds }) => packIds))].map(([id, count]) => ({
      ...{ kind: 'pack' as const, id, count },
    })),
    ...[...counted(reports.flatMap(({ playlistIds }) => playlistIds))].map(([id, count]) => ({
      ...{ kind: 'playlist' as const, id, count },
    })),
  ];
  return {
    ...{ targetId, count, reporters, reports },
    ...{ oldestId: oldest.id, oldestAt: oldest.createdAt, newestAt: newest.createdAt },
    categories: [...counted(reports.map(({ category }) => category))].map(([category, times]) => ({
      category,
      count: times,
    })),
    ruleIds: [...new Set(reports.flatMap(({ ruleIds }) => ruleIds))].sort(),
    sources: Object.fromEntries(counted(reports.map(({ source }) => source ?? ''))),
    assignedTo: [...new Set(reports.flatMap(({ assignedTo }) => assignedTo ?? []))],
    posts: posts.sort((a, b) => b.count - a.count),
  };
}

function counted<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

async function recordsBy(
  db: Db,
  column: 'target_id' | 'reporter_id',
  ids: readonly AccountId[],
): Promise<Map<AccountId, Standings>> {
  const rows: { id: AccountId; state: ReportState; count: string }[] = await db('reports')
    .whereIn(column, [...ids])
    .groupBy(column, 'state')
    .select({ id: column }, 'state')
    .count('* as count');
  const records = new Map<AccountId, Standings>(
    ids.map((id) => [id, { open: 0, resolved: 0, dismissed: 0 }]),
  );
  for (const { id, state, count } of rows) {
    const known = records.get(id);
    if (known) records.set(id, { ...known, [state]: Number(count) });
  }
  return records;
}
