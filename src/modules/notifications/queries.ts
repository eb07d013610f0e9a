import type { Knex } from 'knex';
import { notificationLimits } from '../../../config/live-limits.ts';
import type { Db } from '../../db/database.ts';
import { accountVisibleTo, commentVisibleTo, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, NotificationId } from '../../lib/ids.ts';
import {
  type Notification,
  type NotificationGroup,
  type NotificationRow,
  notificationFromRow,
  typesOfUnseen,
} from './model.ts';

/** Which notifications of a list, which is always newest first; see `Page` of the videos module. */
export interface NotificationPage {
  readonly maxId: string | null;
  readonly minId: string | null;
  readonly sinceId: string | null;
  readonly limit: number;
}

/** Which notifications are asked for. */
export interface NotificationFilter {
  /** Null: all. */
  readonly types: readonly string[] | null;
  readonly excludeTypes: readonly string[];
  readonly fromId: AccountId | null;
  /** Those that were set aside, too. */
  readonly withFiltered: boolean;
}

/**
 * Narrows a query over `notifications` to what its recipient may see at this moment (security.md P1): of people whom
 * she would see otherwise, too, about posts that she may see, and about the work of the staff only while she is of it.
 */
function shownTo(viewerId: AccountId, unlisted: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    query
      .where({ 'notifications.account_id': viewerId, 'notifications.state': 'shown' })
      .where((from) =>
        from
          .where((staff) =>
            staff
              .whereLike('notifications.type', 'admin.%')
              .whereExists((user) =>
                user
                  .select('users.account_id')
                  .from('users')
                  .where('users.account_id', viewerId)
                  .whereIn('users.role', ['owner', 'admin']),
              ),
          )
          .orWhere((other) =>
            other
              .whereNot((staff) => staff.whereLike('notifications.type', 'admin.%'))
              .whereExists((account) =>
                account
                  .select('accounts.id')
                  .from('accounts')
                  .whereRaw('accounts.id = notifications.from_account_id')
                  .modify(accountVisibleTo(viewerId, unlisted)),
              ),
          ),
      )
      .where((post) =>
        post
          .whereNull('notifications.video_id')
          .orWhereIn('notifications.type', typesOfUnseen)
          .orWhereExists((video) =>
            video
              .select('videos.id')
              .from('videos')
              .whereRaw('videos.id = notifications.video_id')
              .modify(visibleTo(viewerId, unlisted)),
          ),
      )
      .where((post) =>
        post
          .whereNull('notifications.comment_id')
          .orWhereExists((comment) =>
            comment
              .select('comments.id')
              .from('comments')
              .join('videos', 'videos.id', 'comments.video_id')
              .whereRaw('comments.id = notifications.comment_id')
              .modify(commentVisibleTo(viewerId, unlisted)),
          ),
      );
  };
}

function matching({ types, excludeTypes, fromId, withFiltered }: NotificationFilter) {
  return (query: Knex.QueryBuilder): void => {
    if (types !== null) query.whereIn('notifications.type', [...types]);
    if (excludeTypes.length > 0) query.whereNotIn('notifications.type', [...excludeTypes]);
    if (fromId !== null) query.where('notifications.from_account_id', fromId);
    if (!withFiltered) query.where('notifications.filtered', false);
  };
}

interface GroupFilter extends NotificationFilter {
  /** Types whose notifications are shown as one. */
  readonly groupedTypes: readonly string[];
  /** One group alone. */
  readonly groupKey?: string;
}

interface GroupRow extends NotificationRow {
  readonly key: string;
  readonly size: number;
  readonly oldest_id: NotificationId;
  readonly sample_ids: AccountId[];
}

/** Reads of what one account is told. */
export function notificationQueries(db: Db, unlisted: UnlistedDomains) {
  const shown = (viewerId: AccountId) => db('notifications').modify(shownTo(viewerId, unlisted));

  /**
   * The same in groups, by the newest of each. Types that are not among `groupedTypes` are not grouped. It looks at
   * everything that is kept for the account, which is bounded (`notificationLimits.kept`).
   */
  async function groups(
    viewerId: AccountId,
    page: NotificationPage,
    filter: GroupFilter,
  ): Promise<NotificationGroup[]> {
    const isUpwards = page.minId !== null;
    const query = shown(viewerId)
      .modify(matching(filter))
      .select('notifications.id', 'notifications.from_account_id')
      .select(
        db.raw(
          `case when notifications.type = any(?) then notifications.group_key
                else 'ungrouped-' || notifications.id end as key`,
          [[...filter.groupedTypes]],
        ),
      );
    if (filter.groupKey !== undefined) query.where(ofGroup(filter.groupKey));
    const floor = page.minId ?? page.sinceId;
    if (floor !== null) query.where('notifications.id', '>', floor);
    const grouped = db
      .with('one', query)
      .from('one')
      .groupBy('key')
      .select('key')
      .select(db.raw('count(*)::int as size, max(id) as newest_id, min(id) as oldest_id'))
      .select(
        db.raw('(array_agg(from_account_id order by id desc))[1:?::int] as sample_ids', [
          notificationLimits.sampleAccounts,
        ]),
      )
      .orderBy('newest_id', isUpwards ? 'asc' : 'desc')
      .limit(page.limit);
    // By the newest of the whole group, so that no group comes again on the next page.
    if (page.maxId !== null) grouped.having(db.raw('max(id) < ?', [page.maxId]));
    const rows: GroupRow[] = await db
      .from(grouped.as('found'))
      .join('notifications', 'notifications.id', 'found.newest_id')
      .orderBy('notifications.id', 'desc')
      .select('notifications.*', 'found.key', 'found.size', 'found.oldest_id', 'found.sample_ids');
    return rows.map((row) => ({
      groupKey: row.key,
      count: row.size,
      oldestId: row.oldest_id,
      newest: notificationFromRow(row),
      sampleIds: [...new Set(row.sample_ids)],
    }));
  }

  return {
    /** One notification as its recipient may see it now, or null. */
    async forViewer(id: NotificationId, viewerId: AccountId): Promise<Notification | null> {
      const row = await shown(viewerId).where('notifications.id', id).first('notifications.*');
      return row ? notificationFromRow(row) : null;
    },

    /** What an account was told, newest first. */
    async list(
      viewerId: AccountId,
      page: NotificationPage,
      filter: NotificationFilter,
    ): Promise<Notification[]> {
      const isUpwards = page.minId !== null;
      const query = shown(viewerId)
        .modify(matching(filter))
        .select('notifications.*')
        .orderBy('notifications.id', isUpwards ? 'asc' : 'desc')
        .limit(page.limit);
      if (page.maxId !== null) query.where('notifications.id', '<', page.maxId);
      if (page.minId !== null) query.where('notifications.id', '>', page.minId);
      if (page.sinceId !== null) query.where('notifications.id', '>', page.sinceId);
      const rows: NotificationRow[] = await query;
      return (isUpwards ? rows.reverse() : rows).map(notificationFromRow);
    },

    groups,

    /** Whose notifications make up a group, the newest first. */
    async accountsOfGroup(viewerId: AccountId, groupKey: string, limit: number): Promise<AccountId[]> {
      const ids: AccountId[] = await shown(viewerId)
        .where(ofGroup(groupKey))
        .orderBy('notifications.id', 'desc')
        .limit(limit)
        .pluck('notifications.from_account_id');
      return [...new Set(ids)];
    },

    /** How many are newer than what was read last, counted up to `limit`. */
    async unreadCount(viewerId: AccountId, limit: number, filter: NotificationFilter): Promise<number> {
      const newer = shown(viewerId)
        .modify(matching(filter))
        .where(
          'notifications.id',
          '>',
          db.raw(
            `coalesce((select last_read_id from markers where account_id = ? and timeline = 'notifications'), 0)`,
            [viewerId],
          ),
        )
        .select('notifications.id')
        .limit(limit);
      const row = await db.from(newer.as('newer')).count('* as count').first();
      return Number(row?.count ?? 0);
    },

    /** The same in groups. */
    async unreadGroupCount(viewerId: AccountId, limit: number, filter: GroupFilter): Promise<number> {
      const read = await db('markers')
        .where({ account_id: viewerId, timeline: 'notifications' })
        .first('last_read_id');
      const page = { maxId: null, minId: null, sinceId: read?.last_read_id ?? null, limit };
      return (await groups(viewerId, page, filter)).length;
    },

    /** People whose notifications were set aside, by the newest of each. */
    async requests(
      viewerId: AccountId,
      page: NotificationPage,
      fromId: AccountId | null = null,
    ): Promise<{ fromId: AccountId; count: number; newest: Notification; oldestAt: Date }[]> {
      const isUpwards = page.minId !== null;
      const query = shown(viewerId)
        .where('notifications.filtered', true)
        .groupBy('notifications.from_account_id');
      if (fromId !== null) query.where('notifications.from_account_id', fromId);
      const found = query
        .select(db.raw('count(*)::int as size, max(notifications.id) as newest_id'))
        .select(db.raw('min(notifications.created_at) as oldest_at'))
        .orderBy('newest_id', isUpwards ? 'asc' : 'desc')
        .limit(page.limit);
      if (page.maxId !== null) found.having(db.raw('max(notifications.id) < ?', [page.maxId]));
      const floor = page.minId ?? page.sinceId;
      if (floor !== null) found.having(db.raw('max(notifications.id) > ?', [floor]));
      const rows: (NotificationRow & { size: number; oldest_at: Date })[] = await db
        .from(found.as('found'))
        .join('notifications', 'notifications.id', 'found.newest_id')
        .orderBy('notifications.id', 'desc')
        .select('notifications.*', 'found.size', 'found.oldest_at');
      return rows.map((row) => ({
        fromId: row.from_account_id,
        count: row.size,
        newest: notificationFromRow(row),
        oldestAt: row.oldest_at,
      }));
    },

    /** How much was set aside: of how many people, and how many notifications. */
    async pending(viewerId: AccountId): Promise<{ requests: number; notifications: number }> {
      const row = await shown(viewerId)
        .where('notifications.filtered', true)
        .first(
          db.raw(
            'count(*)::int as notifications, count(distinct notifications.from_account_id)::int as requests',
          ),
        );
      return { requests: row?.requests ?? 0, notifications: row?.notifications ?? 0 };
    },
  };
}

/** A group by the key that clients know: of types that were not to be grouped, it names one notification. */
export function ofGroup(groupKey: string) {
  const one = /^ungrouped-([1-9]\d{0,15})$/.exec(groupKey)?.[1];
  return (query: Knex.QueryBuilder): void => {
    if (one !== undefined) query.where('notifications.id', one);
    else query.where('notifications.group_key', groupKey);
  };
}
