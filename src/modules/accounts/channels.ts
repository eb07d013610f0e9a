import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import type { Urls } from '../instances/index.ts';
import { type Account, type AccountRow, accountFromRow, type SealedKeys } from './model.ts';

interface ChannelDeps {
  readonly ids: IdSource;
  readonly urls: Urls;
}

/** Names that are tried before the id, which nobody else can have, makes one for sure. */
const SUFFIXES = ['channel', 'videos', 'clips'] as const;
/** Channels that one round of `ensureChannels` makes. */
const BATCH = 500;

/**
 * Makes the channel of a person of this server: an actor of type `Group`, which PeerTube demands beside the
 * person (peertube.md 1). Its row takes the name at once, so that nobody can sign up with it; its keys are made
 * when it is first needed. It is open to followers even where its owner is not: what it passes on, anybody may
 * see.
 */
export async function createChannel(deps: ChannelDeps, tx: Tx, owner: Account): Promise<Account> {
  const id = deps.ids.next<'account'>();
  for (const suffix of [...SUFFIXES, `channel_${owner.id}`]) {
    const username = `${owner.username}_${suffix}`;
    const [row] = await tx('accounts')
      .insert({
        id,
        username,
        username_key: username.toLowerCase(),
        actor_uri: deps.urls.actor(id),
        actor_type: 'Group',
        display_name: owner.displayName,
        url: deps.urls.profilePage(owner.username),
        inbox_uri: deps.urls.inbox(id),
        shared_inbox_uri: deps.urls.sharedInbox,
        state: owner.state,
        owner_id: owner.id,
      })
      .onConflict(['username_key', 'domain'])
      .ignore()
      .returning<AccountRow[]>('*');
    if (row) return accountFromRow(row);
  }
  throw new Error(`No name is left for the channel of ${owner.username}.`);
}

/** Makes channels for people of this server who have none yet, oldest first. Returns how many it made. */
export async function ensureChannels(deps: ChannelDeps, tx: Tx): Promise<number> {
  // One process at a time: several may start at once.
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended('channels', 0))`);
  const rows: AccountRow[] = await tx('accounts')
    .where({ domain: '' })
    .whereIn('actor_type', ['Person', 'Service'])
    .whereNotExists((channel) =>
      channel.select('id').from('accounts as channels').whereRaw('channels.owner_id = accounts.id'),
    )
    .orderBy('id')
    .limit(BATCH);
  for (const row of rows) await createChannel(deps, tx, accountFromRow(row));
  return rows.length;
}

/**
 * Gives a channel its pair of keys unless it has one. `makeKeys` takes a tenth of a second off the main thread,
 * once in the life of a channel; of two that do so at once, the first counts.
 */
export async function ensureChannelKeys(
  tx: Db | Tx,
  channel: Account,
  makeKeys: () => Promise<SealedKeys>,
): Promise<void> {
  const accountId: AccountId = channel.id;
  if (await tx('actor_keys').where({ account_id: accountId }).first('key_uri')) return;
  const keys = await makeKeys();
  await tx('actor_keys')
    .insert({
      key_uri: `${channel.actorUri}#main-key`,
      account_id: accountId,
      public_key_pem: keys.publicKeyPem,
      private_key_sealed: keys.privateKeySealed,
    })
    .onConflict('key_uri')
    .ignore();
}
