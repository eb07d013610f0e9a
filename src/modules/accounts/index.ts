import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import type { Result } from '../../lib/result.ts';
import type { Urls } from '../instances/index.ts';
import { ensureChannelKeys, ensureChannels } from './channels.ts';
import {
  createLocalAccount,
  editProfile,
  ensureInstanceAccount,
  markAccountGone,
  markAccountMoved,
  type NewLocalAccount,
  type ProfileChange,
  upsertRemoteAccount,
} from './commands.ts';
import { accountEvents } from './events.ts';
import type { Account, RemoteActor, SealedKeys } from './model.ts';
import { accountQueries } from './queries.ts';

export { accountEvents } from './events.ts';
export type { Account, ActorType, RemoteActor, SealedKeys } from './model.ts';

/** Finds accounts and videos of other servers; the federation side implements it. */
export interface RemoteLookup {
  /** `@alice@host` to an account, asking its server where it is unknown or stale. */
  account(
    handle: string,
  ): Promise<Result<{ account: Account }, 'not-found' | 'unreachable' | 'blocked' | 'handle-invalid'>>;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** Actors, local and remote. Signing in and sessions are the auth module's. */
export function createAccounts(base: { db: Db; ids: IdSource; urls: Urls }) {
  const deps = { ...base, emit: emitter(accountEvents, base.ids) };
  return {
    ...accountQueries(base.db, base.urls.domain),
    createLocal: (tx: Tx, input: NewLocalAccount) => createLocalAccount(deps, tx, input),
    ensureInstance: (tx: Tx, makeKeys: () => Promise<SealedKeys>) =>
      ensureInstanceAccount(deps, tx, makeKeys),
    ensureChannels: (tx: Tx) => ensureChannels(deps, tx),
    ensureChannelKeys,
    upsertRemote: (tx: Tx, actor: RemoteActor) => upsertRemoteAccount(deps, tx, actor),
    editProfile: (tx: Tx, accountId: AccountId, change: ProfileChange) =>
      editProfile(deps, tx, accountId, change),
    markMoved: markAccountMoved,
    markGone: (tx: Tx, accountId: AccountId) => markAccountGone(deps, tx, accountId),
  };
}
