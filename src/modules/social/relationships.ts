import type { Db } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { FollowState } from './commands.ts';

/** How one account stands to another, in the terms of the Mastodon API. */
export interface Relationship {
  readonly targetId: AccountId;
  readonly following: boolean;
  /** How it follows: with boosts, with a notification for each post, in which languages (null: all). */
  readonly reblogs: boolean;
  readonly notify: boolean;
  readonly languages: readonly string[] | null;
  readonly requested: boolean;
  readonly requestedBy: boolean;
  readonly followedBy: boolean;
  readonly blocking: boolean;
  readonly blockedBy: boolean;
  /** Null where it is not muted. */
  readonly muting: { readonly notifications: boolean; readonly expiresAt: Date | null } | null;
  readonly domainBlocking: boolean;
  readonly note: string;
}

interface FollowRow {
  readonly follower_id: AccountId;
  readonly target_id: AccountId;
  readonly state: FollowState;
  readonly reblogs: boolean;
  readonly notify: boolean;
  readonly languages: string[] | null;
}

interface MuteRow {
  readonly target_id: AccountId;
  readonly notifications: boolean;
  readonly expires_at: Date | null;
}

/** How the viewer stands to each of these accounts: the same number of queries whatever their number. */
export async function relationships(
  db: Db,
  viewerId: AccountId,
  targetIds: readonly AccountId[],
): Promise<Relationship[]> {
  const ids = [...targetIds];
  const mine = (table: string) =>
    db(table).where({ account_id: viewerId }).whereRaw('target_id = any(?)', [ids]);
  const [follows, blocks, mutes, notes, ofBlockedDomains] = await Promise.all([
    db('follows')
      .where((w) => w.where({ follower_id: viewerId }).whereRaw('target_id = any(?)', [ids]))
      .orWhere((w) => w.where({ target_id: viewerId }).whereRaw('follower_id = any(?)', [ids]))
      .select<FollowRow[]>('follower_id', 'target_id', 'state', 'reblogs', 'notify', 'languages'),
    db('account_blocks')
      .where((w) => w.where({ account_id: viewerId }).whereRaw('target_id = any(?)', [ids]))
      .orWhere((w) => w.where({ target_id: viewerId }).whereRaw('account_id = any(?)', [ids]))
      .select<{ account_id: AccountId; target_id: AccountId }[]>('account_id', 'target_id'),
    mine('account_mutes')
      .whereRaw('(expires_at is null or expires_at > now())')
      .select<MuteRow[]>('target_id', 'notifications', 'expires_at'),
    mine('account_notes').select<{ target_id: AccountId; note: string }[]>('target_id', 'note'),
    db('accounts')
      .whereRaw('id = any(?)', [ids])
      .whereNot({ domain: '' })
      .whereExists((block) =>
        block
          .select('account_domain_blocks.domain')
          .from('account_domain_blocks')
          .where('account_domain_blocks.account_id', viewerId)
          .whereRaw('account_domain_blocks.domain = any (domain_suffixes(accounts.domain))'),
      )
      .pluck('id'),
  ]);
  const following = new Map(
    follows.flatMap((row) => (row.follower_id === viewerId ? [[row.target_id, row]] : [])),
  );
  const followers = new Map(
    follows.flatMap((row) => (row.target_id === viewerId ? [[row.follower_id, row]] : [])),
  );
  const muted = new Map(mutes.map((row) => [row.target_id, row]));
  const noted = new Map(notes.map((row) => [row.target_id, row.note]));
  const blocking = new Set(blocks.flatMap((row) => (row.account_id === viewerId ? row.target_id : [])));
  const blockedBy = new Set(blocks.flatMap((row) => (row.target_id === viewerId ? row.account_id : [])));
  const domainBlocked = new Set<AccountId>(ofBlockedDomains);
  return targetIds.map((targetId) => {
    const follow = following.get(targetId);
    const mute = muted.get(targetId);
    return {
      targetId,
      following: follow?.state === 'accepted',
      reblogs: follow?.reblogs ?? true,
      notify: follow?.notify ?? false,
      languages: follow?.languages ?? null,
      requested: follow?.state === 'pending',
      requestedBy: followers.get(targetId)?.state === 'pending',
      followedBy: followers.get(targetId)?.state === 'accepted',
      blocking: blocking.has(targetId),
      blockedBy: blockedBy.has(targetId),
      muting: mute ? { notifications: mute.notifications, expiresAt: mute.expires_at } : null,
      domainBlocking: domainBlocked.has(targetId),
      note: noted.get(targetId) ?? '',
    };
  });
}
