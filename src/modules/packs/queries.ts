import type { Knex } from 'knex';
import type { Db } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import { accountListedTo, notKeptFromLists, notLimited, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, PackId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import type { Listed } from '../social/index.ts';
import { type Pack, type PackRow, packFromRow } from './model.ts';

type Viewer = AccountId | null;

/**
 * Narrows a query over `accounts` to those whom a pack may show to the viewer: who does not want to be found by strangers, or is
 * kept from them by the staff, is in none, from that moment on.
 */
export function recommendable(viewerId: Viewer, unlisted: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    query
      .where('accounts.discoverable', true)
      .whereNull('accounts.moved_to_id')
      .modify(notLimited)
      .modify(notKeptFromLists)
      .modify(accountListedTo(viewerId, unlisted));
  };
}

/** A query over `packs` of whoever the viewer may meet; those that were taken down are for their owner. */
function shownPacks(db: Db, viewerId: Viewer, unlisted: UnlistedDomains): Knex.QueryBuilder {
  return db('packs')
    .join('accounts', 'accounts.id', 'packs.account_id')
    .modify(accountListedTo(viewerId, unlisted))
    .where((open) => {
      open.whereNull('packs.taken_down_at');
      if (viewerId !== null) open.orWhere('packs.account_id', viewerId);
    });
}

/** A query over those that strangers may be shown and that somebody is in. */
export function openPacks(db: Db, viewerId: Viewer, unlisted: UnlistedDomains): Knex.QueryBuilder {
  return shownPacks(db, viewerId, unlisted)
    .modify(recommendable(viewerId, unlisted))
    .whereExists(
      db
        .from('pack_members')
        .join('accounts as members', 'members.id', 'pack_members.account_id')
        .whereRaw('pack_members.pack_id = packs.id')
        .whereNull('pack_members.left_at')
        .where({ 'members.discoverable': true, 'members.state': 'active' })
        .select(db.raw('1')),
    );
}

/** What is read of packs. Every read names who looks: a pack is seen by whoever may meet its owner. */
export function packQueries({ db, unlistedDomains }: { db: Db; unlistedDomains: UnlistedDomains }) {
  const shownTo = (viewerId: Viewer) => shownPacks(db, viewerId, unlistedDomains);
  const membersShownTo = (viewerId: Viewer) =>
    db('pack_members')
      .join('accounts', 'accounts.id', 'pack_members.account_id')
      .whereNull('pack_members.left_at')
      .modify(recommendable(viewerId, unlistedDomains));
  const listOf = async (query: Knex.QueryBuilder, page: Page): Promise<Pack[]> => {
    const rows: PackRow[] = await query.modify(within(page, 'packs.id')).select('packs.*');
    return (page.minId === null ? rows : rows.reverse()).map(packFromRow);
  };

  return {
    async one(id: PackId, viewerId: Viewer): Promise<Pack | null> {
      const row: PackRow | undefined = await shownTo(viewerId).where('packs.id', id).first('packs.*');
      return row ? packFromRow(row) : null;
    },

    /** One by the id of its collection, whoever may see it. */
    async byUri(uri: string): Promise<Pack | null> {
      const row: PackRow | undefined = await db('packs').where({ uri }).first();
      return row ? packFromRow(row) : null;
    },

    /** All of these that are there, whoever may see them: for the staff, and for whoever tells their server. */
    async all(ids: readonly PackId[]): Promise<Pack[]> {
      if (ids.length === 0) return [];
      return (await db('packs').whereRaw('id = any(?)', [[...ids]])).map(packFromRow);
    },

    /** Those of these that the viewer may see. */
    async among(ids: readonly PackId[], viewerId: Viewer): Promise<Map<PackId, Pack>> {
      if (ids.length === 0) return new Map();
      const rows: PackRow[] = await shownTo(viewerId)
        .whereRaw('packs.id = any(?)', [[...ids]])
        .select('packs.*');
      return new Map(rows.map((row) => [row.id, packFromRow(row)]));
    },

    /** Those of one account, newest first. */
    of: (ownerId: AccountId, viewerId: Viewer, page: Page): Promise<Pack[]> =>
      listOf(shownTo(viewerId).where('packs.account_id', ownerId), page),

    /** Those that strangers may be shown and that somebody is in, newest first. */
    open: (viewerId: Viewer, page: Page): Promise<Pack[]> =>
      listOf(openPacks(db, viewerId, unlistedDomains), page),

    /** Those that an account is in, newest first. */
    with: (accountId: AccountId, page: Page): Promise<Pack[]> =>
      listOf(
        shownTo(accountId).whereIn(
          'packs.id',
          db('pack_members').where({ account_id: accountId }).whereNull('left_at').select('pack_id'),
        ),
        page,
      ),

    /** Who of each pack is shown, those put in first at the beginning. */
    async membersOf(ids: readonly PackId[], viewerId: Viewer): Promise<Map<PackId, AccountId[]>> {
      const rows: { packId: PackId; accountId: AccountId }[] = await membersShownTo(viewerId)
        .whereRaw('pack_members.pack_id = any(?)', [[...ids]])
        .orderBy('pack_members.id')
        .select('pack_members.pack_id as packId', 'accounts.id as accountId');
      const found = Map.groupBy(rows, ({ packId }) => packId);
      return new Map(ids.map((id) => [id, (found.get(id) ?? []).map(({ accountId }) => accountId)]));
    },

    /** One page of who is in a pack, for the collection. */
    members: (id: PackId, afterId: string | null, limit: number): Promise<Listed[]> =>
      membersShownTo(null)
        .where('pack_members.pack_id', id)
        .modify((query) => {
          if (afterId !== null) query.where('pack_members.id', '>', afterId);
        })
        .orderBy('pack_members.id')
        .limit(limit)
        .select('pack_members.id as id', 'accounts.id as accountId'),
  };
}
