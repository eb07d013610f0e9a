import { leavingLimits } from '../../../config/account-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { accountEvents } from './events.ts';

/** Hides an account of this server with its channel while its owner may come back, or shows both again. */
export async function setLeaving(tx: Tx, accountId: AccountId, leaving: boolean): Promise<void> {
  const [from, to] = leaving ? ['active', 'leaving'] : ['leaving', 'active'];
  await tx('accounts')
    .where((either) => either.where({ id: accountId }).orWhere({ owner_id: accountId }))
    .where({ domain: '', state: from })
    .update({ state: to });
}

/**
 * Deletes an account of this server with its channel for good. The rows stay, empty: other servers know the ids, and
 * nobody may take the name. What hangs on them is removed by those who subscribe.
 */
export async function markDeleted(
  deps: { readonly emit: Emit<typeof accountEvents> },
  tx: Tx,
  accountId: AccountId,
): Promise<void> {
  const nothing = { display_name: '', bio_html: '', bio_text: '', fields: '[]', also_known_as: [] };
  const hidden = { discoverable: false, indexable: false, avatar_key: null, header_key: null };
  await tx('accounts')
    .where((either) => either.where({ id: accountId }).orWhere({ owner_id: accountId }))
    .where({ domain: '' })
    .update({ state: 'deleted', deleted_at: tx.fn.now(), ...nothing, ...hidden });
  await deps.emit(tx, 'account.deleted', { accountId });
}

/** Forgets what deleted accounts sent, and with what they signed it, once every server had time to hear of the end. */
export async function forgetDeleted(tx: Tx): Promise<number> {
  const ids: AccountId[] = await tx('actor_keys')
    .join('accounts', 'accounts.id', 'actor_keys.account_id')
    .where('accounts.deleted_at', '<', tx.raw(`now() - ? * interval '1 ms'`, [leavingLimits.keysKeptMs]))
    .limit(leavingLimits.atOnce)
    .pluck('accounts.id');
  if (ids.length === 0) return 0;
  await tx('activities').whereIn('account_id', ids).delete();
  // That a post was deleted stays known, and no more by whom: nobody but this server could have sent it.
  const actors = tx('accounts').whereIn('id', ids).select('actor_uri');
  await tx('tombstones').whereIn('actor_uri', actors).update({ actor_uri: '' });
  await tx('actor_keys').whereIn('account_id', ids).delete();
  return ids.length;
}
