import type { Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Urls } from '../instances/index.ts';
import { profileTexts, type Screening } from '../rules/index.ts';
import { createChannel } from './channels.ts';
import type { accountEvents } from './events.ts';
import { type Account, type AccountRow, accountFromRow, type RemoteActor, type SealedKeys } from './model.ts';
import { checkUsername } from './policy.ts';

export interface AccountCommandDeps {
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly emit: Emit<typeof accountEvents>;
  readonly screening: Screening;
}

/** The row that stands for the server itself; the dot keeps people from taking the name. */
const INSTANCE_USERNAME = 'instance.actor';

type CreateRefusal = 'username-invalid' | 'username-reserved' | 'username-taken';

export interface NewLocalAccount {
  readonly username: string;
  readonly keys: SealedKeys;
  /** The owner may take a reserved name, such as `admin`. */
  readonly allowReserved?: boolean;
  /** Nobody sees it until its sign-up is approved. */
  readonly pending?: boolean;
}

/**
 * Creates an account of this server with its keys and its channel. The name is taken case-insensitively. It is neither `discoverable`
 * nor `indexable` until its owner says so.
 */
export async function createLocalAccount(
  deps: AccountCommandDeps,
  tx: Tx,
  input: NewLocalAccount,
): Promise<Result<{ account: Account }, CreateRefusal>> {
  const allowed = checkUsername(input.username);
  if (!allowed.ok && !(allowed.reason === 'username-reserved' && input.allowReserved)) return allowed;
  const id = deps.ids.next<'account'>();
  const { urls } = deps;
  const [row] = await tx('accounts')
    .insert({
      id,
      username: input.username,
      username_key: input.username.toLowerCase(),
      actor_uri: urls.actor(id),
      actor_type: 'Person',
      display_name: input.username,
      url: urls.profilePage(input.username),
      inbox_uri: urls.inbox(id),
      shared_inbox_uri: urls.sharedInbox,
      state: input.pending ? 'pending' : 'active',
    })
    .onConflict(['username_key', 'domain'])
    .ignore()
    .returning<AccountRow[]>('*');
  if (!row) return fail('username-taken', `The name ${input.username} is taken.`);
  await saveKeys(tx, row, input.keys);
  const account = accountFromRow(row);
  await createChannel(deps, tx, account);
  await deps.emit(tx, 'account.registered', { accountId: id });
  return ok({ account });
}

/** Makes the actor that signs for the server as a whole, unless it is there. */
export async function ensureInstanceAccount(
  deps: AccountCommandDeps,
  tx: Tx,
  makeKeys: () => Promise<SealedKeys>,
): Promise<Account> {
  const uri = deps.urls.instanceActor;
  const find = async () => (await tx('accounts').where({ actor_uri: uri }).first()) as AccountRow | undefined;
  const present = await find();
  if (present) return accountFromRow(present);
  const keys = await makeKeys();
  const [row] = await tx('accounts')
    .insert({
      id: deps.ids.next<'account'>(),
      username: INSTANCE_USERNAME,
      username_key: INSTANCE_USERNAME,
      actor_uri: uri,
      actor_type: 'Application',
      display_name: deps.urls.domain,
      url: deps.urls.origin,
      inbox_uri: deps.urls.sharedInbox,
      shared_inbox_uri: deps.urls.sharedInbox,
    })
    .onConflict('actor_uri')
    .ignore()
    .returning<AccountRow[]>('*');
  if (row) await saveKeys(tx, row, keys);
  const made = row ?? (await find());
  if (!made) throw new Error('The instance actor could not be made.');
  return accountFromRow(made);
}

async function saveKeys(tx: Tx, account: AccountRow, keys: SealedKeys): Promise<void> {
  await tx('actor_keys').insert({
    key_uri: `${account.actor_uri}#main-key`,
    account_id: account.id,
    public_key_pem: keys.publicKeyPem,
    private_key_sealed: keys.privateKeySealed,
  });
}

/**
 * Stores what a remote server says of one of its actors, new or known. The actor id decides; a handle
 * that another actor of that server held before moves to this one (accounts are re-created). Handles may be of
 * another domain than actors (federation-interop.md 4): `confirmedDomain` is one that was asked, and names this
 * very actor.
 */
export async function upsertRemoteAccount(
  deps: AccountCommandDeps,
  tx: Tx,
  actor: RemoteActor,
  confirmedDomain?: string,
): Promise<Account> {
  const username_key = actor.username.toLowerCase();
  const before = await tx('accounts').where({ actor_uri: actor.actorUri }).first('username_key', 'domain');
  // Another domain spoke for one name, and for no other that the actor may take later.
  const kept = before?.username_key === username_key ? before.domain : actor.domain;
  const handle = { username_key, domain: confirmedDomain ?? kept };
  await tx('accounts')
    .where(handle)
    .whereNot({ actor_uri: actor.actorUri })
    .update({ state: 'deleted', username_key: tx.raw(`username_key || '!' || id`) });
  const facts = {
    username: actor.username,
    ...handle,
    actor_type: actor.actorType,
    display_name: actor.displayName,
    bio_html: actor.bioHtml,
    fields: JSON.stringify(actor.fields),
    avatar_url: actor.avatarUrl,
    header_url: actor.headerUrl,
    url: actor.url,
    inbox_uri: actor.inboxUri,
    shared_inbox_uri: actor.sharedInboxUri,
    followers_uri: actor.followersUri,
    outbox_uri: actor.outboxUri,
    featured_uri: actor.featuredUri,
    also_known_as: [...actor.alsoKnownAs],
    locked: actor.locked,
    discoverable: actor.discoverable,
    indexable: actor.indexable,
    fetched_at: tx.fn.now(),
  };
  const [row] = await tx('accounts')
    .insert({ id: deps.ids.next<'account'>(), actor_uri: actor.actorUri, ...facts })
    .onConflict('actor_uri')
    .merge({
      ...facts,
      // A copy of another picture than the one it has now.
      avatar_key: tx.raw('case when accounts.avatar_url = excluded.avatar_url then accounts.avatar_key end'),
      header_key: tx.raw('case when accounts.header_url = excluded.header_url then accounts.header_key end'),
    })
    .returning<AccountRow[]>('*');
  if (!row) throw new Error('A remote account could not be stored.');
  return accountFromRow(row);
}

/** The same once the rules of this server have looked at it: what they refuse changes nothing. */
export async function receiveRemoteAccount(
  deps: AccountCommandDeps,
  tx: Tx,
  actor: RemoteActor,
  confirmedDomain?: string,
): Promise<Result<{ account: Account }, 'rule'>> {
  const known = await tx('accounts').where({ actor_uri: actor.actorUri }).first('id');
  const screened = await deps.screening.screen(tx, {
    accountId: known?.id ?? null,
    domain: actor.domain,
    ...profileTexts(actor.username, actor.displayName, actor.bioHtml, actor.fields),
    kind: 'profile',
  });
  if (!screened.ok) return screened;
  const account = await upsertRemoteAccount(deps, tx, actor, confirmedDomain);
  await deps.screening.settle(tx, screened.verdict, {
    ...{ kind: 'account', id: account.id, accountId: account.id },
  });
  return ok({ account });
}

/**
 * Remembers that an account goes on as another one. At most once in `minDays`: whoever stole a key must not
 * lead followers around (security.md V6).
 */
export async function markAccountMoved(
  tx: Tx,
  accountId: AccountId,
  toId: AccountId,
  minDays: number,
): Promise<Result<object, 'moved-before'>> {
  const changed = await tx('accounts')
    .where({ id: accountId })
    .where((free) =>
      free.whereNull('moved_at').orWhere('moved_at', '<', tx.raw('now() - ?::interval', [`${minDays} days`])),
    )
    .update({ moved_to_id: toId, moved_at: tx.fn.now() });
  return changed === 1 ? ok() : fail('moved-before', 'The account moved a short while ago.');
}

/** True for the one who may read the outbox of a remote account now; for others only after `pauseMs`. */
export async function claimBackfill(tx: Tx, accountId: AccountId, pauseMs: number): Promise<boolean> {
  const due = tx.raw(`now() - ? * interval '1 ms'`, [pauseMs]);
  const claimed = await tx('accounts')
    .where({ id: accountId, state: 'active' })
    .whereNot({ domain: '' })
    .where((free) => free.whereNull('outbox_read_at').orWhere('outbox_read_at', '<', due))
    .update({ outbox_read_at: tx.fn.now() });
  return claimed === 1;
}

/** Marks a remote account as deleted by its server. What hangs on it is removed by those who subscribe. */
export async function markAccountGone(
  deps: AccountCommandDeps,
  tx: Tx,
  accountId: AccountId,
): Promise<boolean> {
  const changed = await tx('accounts')
    .where({ id: accountId })
    .whereIn('state', ['active', 'suspended'])
    .whereNot({ domain: '' })
    .update({ state: 'deleted', avatar_key: null, header_key: null });
  if (changed === 0) return false;
  await deps.emit(tx, 'account.gone', { accountId });
  return true;
}

/**
 * Takes the rows of accounts in the order of their ids, for a transaction that changes the counts of several of them one
 * after the other: whoever else does so waits here, and not for one that waits in turn.
 */
export async function lockCounts(tx: Tx, ids: readonly AccountId[]): Promise<void> {
  await tx('accounts')
    .whereRaw('id = any(?)', [[...ids]])
    .orderBy('id')
    .forNoKeyUpdate()
    .select('id');
}
