import type { Db, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { NotificationPolicy } from './model.ts';

/** Until somebody says otherwise: only those whom the staff limited are set aside. */
const USUAL: NotificationPolicy = {
  ...{ notFollowing: 'accept', notFollowers: 'accept', newAccounts: 'accept' },
  ...{ privateMentions: 'accept', limitedAccounts: 'filter', mutedTypes: [] },
};

const COLUMNS = {
  notFollowing: 'for_not_following',
  notFollowers: 'for_not_followers',
  newAccounts: 'for_new_accounts',
  privateMentions: 'for_private_mentions',
  limitedAccounts: 'for_limited_accounts',
  mutedTypes: 'muted_types',
} as const;

export async function policyOf(db: Db, accountId: AccountId): Promise<NotificationPolicy> {
  const row = await db('notification_policies').where({ account_id: accountId }).first(COLUMNS);
  return row ?? USUAL;
}

/** Changes what is given, and leaves the rest. It counts for what comes from now on. */
export async function setPolicy(
  tx: Tx,
  accountId: AccountId,
  change: { readonly [K in keyof NotificationPolicy]?: NotificationPolicy[K] | undefined },
): Promise<void> {
  const given = Object.entries(COLUMNS).flatMap(([name, column]) => {
    const value = change[name as keyof NotificationPolicy];
    return value === undefined ? [] : [[column, value] as const];
  });
  if (given.length === 0) return;
  const columns = Object.fromEntries(given);
  await tx('notification_policies')
    .insert({ account_id: accountId, ...columns })
    .onConflict('account_id')
    .merge(columns);
}

/** Lets people through whom the policy would set aside, now and from now on. */
export async function acceptRequests(
  tx: Tx,
  accountId: AccountId,
  fromIds: readonly AccountId[],
): Promise<void> {
  const known: AccountId[] = await tx('accounts')
    .whereIn('id', [...fromIds])
    .pluck('id');
  if (known.length === 0) return;
  await tx('notification_permissions')
    .insert(known.map((from_account_id) => ({ account_id: accountId, from_account_id })))
    .onConflict(['account_id', 'from_account_id'])
    .ignore();
  await tx('notifications')
    .where({ account_id: accountId, filtered: true })
    .whereIn('from_account_id', known)
    .update({ filtered: false });
}

/** Puts away what people's notifications were set aside. */
export async function dismissRequests(
  tx: Tx,
  accountId: AccountId,
  fromIds: readonly AccountId[],
): Promise<void> {
  await tx('notifications')
    .where({ account_id: accountId, filtered: true, state: 'shown' })
    .whereIn('from_account_id', [...fromIds])
    .update({ state: 'dismissed' });
}
