import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import type { Urls } from '../instances/index.ts';
import type { Screening } from '../rules/index.ts';
import { ensureChannelKeys, ensureChannels } from './channels.ts';
import {
  claimBackfill,
  createLocalAccount,
  ensureInstanceAccount,
  markAccountGone,
  type NewLocalAccount,
  receiveRemoteAccount,
  upsertRemoteAccount,
} from './commands.ts';
import { accountEvents } from './events.ts';
import { forgetPreviousKeys, newKeySignsAfter, replaceKeys } from './keys.ts';
import { forgetDeleted, markDeleted, setLeaving } from './leaving.ts';
import type { Account, RemoteActor, SealedKeys } from './model.ts';
import { markMerged, markRemoteMoved, moveAccount, setAliases } from './moving.ts';
import { editProfile, type ProfileChange } from './profile.ts';
import { accountQueries } from './queries.ts';

export { lockCounts } from './commands.ts';
export { accountEvents } from './events.ts';
export { createFieldChecks } from './field-checks.ts';
export type { FoundByAddress, RemoteLookup } from './lookup.ts';
export {
  type Account,
  type AccountRow,
  type AccountState,
  type ActorType,
  accountFromRow,
  type Picture,
  type PictureRole,
  type ProfileField,
  pictureRoles,
  type RemoteActor,
  type SealedKeys,
} from './model.ts';
export { moveTarget, readAnew } from './move-target.ts';
export { createPictures, type MadePicture, type Pictures } from './pictures.ts';

export type Accounts = ReturnType<typeof createAccounts>;

/** Actors, local and remote. Signing in and sessions are the auth module's. */
export function createAccounts(base: { db: Db; ids: IdSource; urls: Urls; screening: Screening }) {
  const deps = { ...base, emit: emitter(accountEvents, base.ids) };
  return {
    ...accountQueries(base.db, base.urls.domain),
    createLocal: (tx: Tx, input: NewLocalAccount) => createLocalAccount(deps, tx, input),
    ensureInstance: (tx: Tx, makeKeys: () => Promise<SealedKeys>) =>
      ensureInstanceAccount(deps, tx, makeKeys),
    ensureChannels: (tx: Tx) => ensureChannels(deps, tx),
    ensureChannelKeys,
    upsertRemote: (tx: Tx, actor: RemoteActor, confirmedDomain?: string) =>
      upsertRemoteAccount(deps, tx, actor, confirmedDomain),
    receiveRemote: (tx: Tx, actor: RemoteActor, confirmedDomain?: string) =>
      receiveRemoteAccount(deps, tx, actor, confirmedDomain),
    editProfile: (tx: Tx, accountId: AccountId, change: ProfileChange, touched?: boolean) =>
      editProfile(deps, tx, accountId, change, touched),
    markMoved: (tx: Tx, accountId: AccountId, toId: AccountId) => markRemoteMoved(deps, tx, accountId, toId),
    setAliases: (tx: Tx, accountId: AccountId, actorUris: readonly string[]) =>
      setAliases(deps, tx, accountId, actorUris),
    move: (tx: Tx, account: Account, to: Account) => moveAccount(deps, tx, account, to),
    replaceKeys: (tx: Tx, accountId: AccountId, keys: SealedKeys) => replaceKeys(deps, tx, accountId, keys),
    newKeySignsAfter,
    forgetPreviousKeys,
    markMerged: (tx: Tx, accountId: AccountId, toId: AccountId) => markMerged(deps, tx, accountId, toId),
    claimBackfill,
    setLeaving,
    markDeleted: (tx: Tx, accountId: AccountId) => markDeleted(deps, tx, accountId),
    forgetDeleted,
    markGone: (tx: Tx, accountId: AccountId) => markAccountGone(deps, tx, accountId),
  };
}
