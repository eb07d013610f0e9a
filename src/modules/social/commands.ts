import type { Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import { isUndone } from '../../db/undone.ts';
import type { AccountId, FollowId, IdSource, VideoId } from '../../lib/ids.ts';
import { type Failure, fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import type { Urls } from '../instances/index.ts';
import { blocksDomainOf } from './domain-blocks.ts';
import type { socialEvents } from './events.ts';

export interface SocialDeps {
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly emit: Emit<typeof socialEvents>;
}

/** `undone`: not a follow, but the memory of one that was taken back before it came. */
export type FollowState = 'pending' | 'accepted' | 'undone';

interface FollowRow {
  readonly id: FollowId;
  readonly follower_id: AccountId;
  readonly target_id: AccountId;
  readonly uri: string;
  readonly state: FollowState;
}

type FollowRefusal = 'yourself' | 'account-gone' | 'not-followable' | 'blocked' | 'undone';

interface Pair {
  readonly followerId: AccountId;
  readonly targetId: AccountId;
}

/**
 * `follower` asks to follow `target`. An account of this server answers at once, unless it is locked;
 * one of another server answers with its own Accept, and until then nothing is followed (security.md V5).
 * Asking again changes nothing but the stored id of the request, and is answered again. A request that was
 * taken back before it came is `undone`; `uri` is the id of a request from elsewhere. Who blocks the other's
 * domain neither follows nor is followed; a request from there gets a Reject. `fromVideoId`: at which video of the target the follower
 * said so; of a follow that is there already it changes nothing.
 */
export async function follow(
  deps: SocialDeps,
  tx: Tx,
  follower: Account,
  target: Account,
  uri?: string,
  fromVideoId?: VideoId,
): Promise<Result<{ state: FollowState }, FollowRefusal>> {
  if (follower.id === target.id) return fail('yourself', 'You cannot follow yourself.');
  if (target.state !== 'active') return fail('account-gone', 'This account is gone or suspended.');
  if (target.actorType === 'Application' && target.domain === null) {
    return fail('not-followable', 'This account stands for the server and cannot be followed.');
  }
  // Who follows a channel deals with its owner.
  if (await isBlockBetween(tx, follower.id, target.ownerId ?? target.id)) {
    return fail('blocked', 'One of you blocks the other.');
  }
  // By an Undo that named nothing but the id; one that names the pair leaves its mark on that.
  if (uri !== undefined && (await isUndone(tx, follower.actorUri, uri))) {
    return fail('undone', 'This follow was taken back before it came.');
  }
  const blocked = await refuseBlockedDomain(deps, tx, follower, target, uri);
  if (blocked) return blocked;
  const between = { follower_id: follower.id, target_id: target.id };
  const undone = await tx('follows')
    .where({ ...between, state: 'undone' })
    .forUpdate()
    .first('id', 'uri');
  if (undone && undone.uri === uri) return fail('undone', 'This follow was taken back before it came.');
  if (undone) await tx('follows').where({ id: undone.id }).delete();
  const id = deps.ids.next<'follow'>();
  const state = target.domain === null && !target.locked ? 'accepted' : 'pending';
  const [row] = await tx('follows')
    .insert({
      ...{ id, ...between, uri: uri ?? deps.urls.follow(id), state },
      // Held until this is committed; where it is gone, there is none.
      ...(fromVideoId && {
        from_video_id: tx.raw('(select id from videos where id = ? for key share)', fromVideoId),
      }),
    })
    .onConflict(['follower_id', 'target_id'])
    // A remote server that lost our answer asks with a new id; what was accepted stays so.
    .merge(uri === undefined ? { uri: tx.raw('follows.uri') } : { uri })
    .whereNot('follows.state', 'undone')
    .returning<FollowRow[]>('*');
  // Taken back in this very moment: the row of that is visible now.
  if (!row) return follow(deps, tx, follower, target, uri, fromVideoId);
  const payload = { followerId: follower.id, targetId: target.id, uri: row.uri };
  if (row.state === 'accepted') await deps.emit(tx, 'follow.accepted', payload);
  else await deps.emit(tx, 'follow.requested', payload);
  return ok({ state: row.state });
}

/** How somebody of this server follows: boosts, notifications, and the languages to show (null: all). */
export interface FollowChoice {
  readonly reblogs?: boolean | undefined;
  readonly notify?: boolean | undefined;
  readonly languages?: readonly string[] | null | undefined;
}

/** Notes how a follow or request of somebody of this server is meant; what is not given stays. Nobody is told. */
export async function chooseHowToFollow(tx: Tx, pair: Pair, choice: FollowChoice): Promise<void> {
  const { reblogs, notify, languages } = choice;
  const facts = {
    ...(reblogs === undefined ? {} : { reblogs }),
    ...(notify === undefined ? {} : { notify }),
    ...(languages === undefined ? {} : { languages: languages === null ? null : [...languages] }),
  };
  if (Object.keys(facts).length === 0) return;
  await tx('follows').where({ follower_id: pair.followerId, target_id: pair.targetId }).update(facts);
}

async function refuseBlockedDomain(
  deps: SocialDeps,
  tx: Tx,
  follower: Account,
  target: Account,
  uri: string | undefined,
): Promise<Failure<'blocked'> | undefined> {
  if (await blocksDomainOf(tx, follower.id, target)) {
    return fail('blocked', `You have blocked ${target.domain}.`);
  }
  if (!(await blocksDomainOf(tx, target.id, follower))) return undefined;
  if (uri !== undefined) {
    await deps.emit(tx, 'follow.rejected', { followerId: follower.id, targetId: target.id, uri });
  }
  return fail('blocked', 'This account wants nothing of your server.');
}

/**
 * `target` lets `follower` in. Only a request that is pending, or was accepted before, can be answered:
 * an Accept nobody asked for does nothing (security.md V5). With `uri` the request must also be that one.
 */
export async function acceptFollow(
  deps: SocialDeps,
  tx: Tx,
  pair: Pair & { readonly uri?: string },
): Promise<Result<object, 'no-such-request'>> {
  const row = await requestOf(tx, pair);
  if (!row) return fail('no-such-request', 'There is no such follow request.');
  if (row.state === 'pending') {
    await tx('follows').where({ id: row.id }).update({ state: 'accepted' });
    await deps.emit(tx, 'follow.accepted', { ...idsOf(row), uri: row.uri });
  }
  return ok();
}

/** `target` turns `follower` away, or removes a follower accepted before. */
export async function rejectFollow(
  deps: SocialDeps,
  tx: Tx,
  pair: Pair & { readonly uri?: string },
): Promise<Result<object, 'no-such-request'>> {
  const row = await requestOf(tx, pair);
  if (!row) return fail('no-such-request', 'There is no such follow request.');
  await tx('follows').where({ id: row.id }).delete();
  await deps.emit(tx, 'follow.rejected', { ...idsOf(row), uri: row.uri });
  return ok();
}

/**
 * `follower` stops following, or takes the request back. False when there was nothing to undo: then the
 * request `uri`, if given, is remembered, and does nothing should it still come. Whatever id was stored
 * counts as meant, since some servers make a new one for the undoing.
 */
export async function unfollow(
  deps: SocialDeps,
  tx: Tx,
  { uri, ...pair }: Pair & { readonly uri?: string },
): Promise<boolean> {
  const row = await requestOf(tx, pair);
  if (row) {
    await tx('follows').where({ id: row.id }).delete();
    await deps.emit(tx, 'follow.undone', { ...idsOf(row), uri: row.uri });
    return true;
  }
  if (uri === undefined) return false;
  const between = { follower_id: pair.followerId, target_id: pair.targetId };
  const remembered = await tx('follows')
    .insert({ id: deps.ids.next<'follow'>(), ...between, uri, state: 'undone' })
    .onConflict(['follower_id', 'target_id'])
    .merge(['uri'])
    .where('follows.state', 'undone')
    .returning('id');
  // The request came in this very moment, and is visible now.
  return remembered.length > 0 ? false : unfollow(deps, tx, { ...pair, uri });
}

/**
 * Removes at most `limit` follows each way of an account that is gone, without telling anybody; returns how many they
 * were together.
 */
export async function dropFollowsOf(tx: Tx, accountId: AccountId, limit: number): Promise<number> {
  let dropped = 0;
  for (const side of ['follower_id', 'target_id']) {
    const some = tx('follows')
      .where({ [side]: accountId })
      .limit(limit)
      .select('id');
    dropped += await tx('follows').whereIn('id', some).delete();
  }
  return dropped;
}

async function isBlockBetween(tx: Tx, a: AccountId, b: AccountId): Promise<boolean> {
  const row = await tx('account_blocks')
    .where({ account_id: a, target_id: b })
    .orWhere({ account_id: b, target_id: a })
    .first('id');
  return row !== undefined;
}

function requestOf(tx: Tx, pair: Pair & { readonly uri?: string }): Promise<FollowRow | undefined> {
  const where = { follower_id: pair.followerId, target_id: pair.targetId };
  return tx('follows')
    .where(pair.uri === undefined ? where : { ...where, uri: pair.uri })
    .whereNot({ state: 'undone' })
    .forUpdate()
    .first();
}

function idsOf(row: FollowRow) {
  return { followerId: row.follower_id, targetId: row.target_id };
}
