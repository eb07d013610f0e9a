import type { Db } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { accountsWithKeysBefore, countWithKeys, keysOf } from './keys.ts';
import { type Account, type AccountRow, accountFromRow } from './model.ts';

/** Reads of accounts. Deleted and suspended accounts are found too: callers look at `state`. */
export function accountQueries(db: Db, domain: string) {
  const one = async (where: Record<string, string>): Promise<Account | null> => {
    const row: AccountRow | undefined = await db('accounts').where(where).first();
    return row ? accountFromRow(row) : null;
  };
  /** Finds `alice`, `@alice`, `alice@host` or `@alice@host`; our own host counts as local. */
  const named = async (handle: string): Promise<Account | null> => {
    const [name, host = '', rest] = handle.replace(/^@/, '').toLowerCase().split('@');
    if (!name || rest !== undefined || handle.includes('\u0000')) return null;
    return one({ username_key: name, domain: host === domain ? '' : host });
  };
  return {
    byId: (id: AccountId) => one({ id }),
    byActorUri: (uri: string) => one({ actor_uri: uri }),

    /** Of an account of this server that was deleted: its address, and when that was. */
    async deletionOf(id: AccountId): Promise<{ actorUri: string; deletedAt: Date } | null> {
      const row = await db('accounts')
        .where({ id, domain: '', state: 'deleted' })
        .whereNotNull('deleted_at')
        .first('actor_uri as actorUri', 'deleted_at as deletedAt');
      return row ?? null;
    },

    /** `byActorUri` of each address in turn, with one question to the database. */
    async byActorUris(uris: readonly string[]): Promise<(Account | null)[]> {
      if (uris.length === 0) return [];
      const rows: AccountRow[] = await db('accounts').whereRaw('actor_uri = any(?)', [[...new Set(uris)]]);
      const found = new Map(rows.map((row) => [row.actor_uri, accountFromRow(row)]));
      return uris.map((uri) => found.get(uri) ?? null);
    },

    /** The state of each of these actors that is known here. */
    async statesOf(actorUris: readonly string[]): Promise<Map<string, Account['state']>> {
      const rows = await db('accounts')
        .whereRaw('actor_uri = any(?)', [[...actorUris]])
        .select('actor_uri', 'state');
      return new Map(rows.map((row) => [row.actor_uri, row.state]));
    },

    async byIds(ids: readonly AccountId[]): Promise<Map<AccountId, Account>> {
      if (ids.length === 0) return new Map();
      const rows: AccountRow[] = await db('accounts').whereRaw('id = any(?)', [[...ids]]);
      return new Map(rows.map((row) => [row.id, accountFromRow(row)]));
    },

    /** An account that people know by this handle: any but the channels of this server. */
    async byHandle(handle: string): Promise<Account | null> {
      const account = await named(handle);
      return account?.ownerId ? null : account;
    },

    /** Whoever has this handle, a channel of this server, too: for servers that ask. */
    actorByHandle: named,

    /** The channel of a person of this server; null for everybody else. */
    channelOf: (ownerId: AccountId) => one({ owner_id: ownerId }),

    /** Whether the pictures of a profile may be fetched: by everybody, for as long as its account is active. */
    async pictureAccess(ownerId: string): Promise<'public' | null> {
      if (!/^\d{1,18}$/.test(ownerId)) return null;
      const row = await db('accounts').where({ id: ownerId, state: 'active' }).first('id');
      return row ? 'public' : null;
    },

    /** People and bots of this server, for NodeInfo. */
    async localCount(): Promise<number> {
      const row = await db('users').where({ approval: 'approved' }).count('* as count').first();
      return Number(row?.count ?? 0);
    },

    keysOf: (accountId: AccountId) => keysOf(db, accountId),
    withKeysBefore: (before: Date, limit: number) => accountsWithKeysBefore(db, before, limit),
    countWithKeys: () => countWithKeys(db),
  };
}
