import type { Knex } from 'knex';
import type { Tx } from '../../../db/database.ts';
import type { Emit } from '../../../db/outbox.ts';
import type { AccountId, CommentId, VideoId } from '../../../lib/ids.ts';
import type { AccountState } from '../../accounts/index.ts';
import type { commentEvents } from '../../comments/index.ts';
import { addToStats } from '../../engagement/index.ts';
import type { VideoState, Visibility } from '../../videos/index.ts';
import type { moderationEvents } from '../events.ts';
import type { MeasureKind, Target } from './kinds.ts';

export interface EffectDeps {
  readonly emit: Emit<typeof moderationEvents>;
  readonly emitComment: Emit<typeof commentEvents>;
}

/**
 * Makes a target be what the measures that are in force say, whatever it was: so that any order of measures and of what is taken back
 * ends the same.
 */
export async function settle(deps: EffectDeps, tx: Tx, target: Target): Promise<void> {
  if (target.kind === 'account') await settleAccount(deps, tx, target.id);
  else if (target.kind === 'video') await settleVideo(deps, tx, target.id);
  else await settleComment(deps, tx, target.id);
}

async function inForce(tx: Tx, { kind, id }: Target): Promise<ReadonlySet<MeasureKind>> {
  const measures: MeasureKind[] = await tx('measures')
    .where({ target_kind: kind, target_id: id, lifted_at: null })
    .pluck('measure');
  return new Set(measures);
}

async function settleAccount(deps: EffectDeps, tx: Tx, accountId: AccountId): Promise<void> {
  const live = await inForce(tx, { kind: 'account', id: accountId });
  const wanted = { all_sensitive: live.has('sensitive'), comments_off: live.has('comments-off') };
  const before = await tx('accounts')
    .where({ id: accountId })
    .first('state', 'domain', 'all_sensitive', 'comments_off');
  // Videos before the account, as everybody does who changes both.
  if (before.all_sensitive !== wanted.all_sensitive || before.comments_off !== wanted.comments_off) {
    await markVideosOf(tx, accountId, wanted);
  }
  await tx('accounts')
    .where((both) => both.where({ id: accountId }).orWhere({ owner_id: accountId }))
    .update({
      ...wanted,
      silenced: live.has('silence'),
      undiscoverable: live.has('no-discovery'),
      frozen: live.has('freeze'),
    });
  await settleState(deps, tx, { id: accountId, state: before.state, suspended: live.has('suspend') });
}

/** What is said of the videos of an account as a whole, beside what is said of each. */
async function markVideosOf(
  tx: Tx,
  accountId: AccountId,
  { all_sensitive, comments_off }: { readonly all_sensitive: boolean; readonly comments_off: boolean },
): Promise<void> {
  const own = (measure: MeasureKind): Knex.Raw =>
    tx.raw(
      `exists (select from measures where target_kind = 'video' and target_id = videos.id and measure = ?
                  and lifted_at is null)`,
      [measure],
    );
  await tx('videos')
    .where({ account_id: accountId })
    .update({
      staff_sensitive: all_sensitive ? true : own('sensitive'),
      staff_comments_off: comments_off ? true : own('comments-off'),
    });
}

interface Standing {
  readonly id: AccountId;
  readonly state: AccountState;
  readonly suspended: boolean;
}

/** Its channel follows by a trigger (migration 0014). */
async function settleState(
  deps: EffectDeps,
  tx: Tx,
  { id: accountId, state, suspended }: Standing,
): Promise<void> {
  if (state === 'deleted' || suspended === (state === 'suspended')) return;
  const account = tx('accounts').where({ id: accountId });
  if (suspended) {
    await account.update({ state: 'suspended' });
    for (const table of ['sessions', 'oauth_codes'])
      await tx(table).where({ account_id: accountId }).delete();
    await deps.emit(tx, 'account.suspended', { accountId });
    return;
  }
  const user = await tx('users')
    .where({ account_id: accountId })
    .first('approval', 'unconfirmed', 'delete_at');
  const waits = user !== undefined && (user.approval === 'pending' || user.unconfirmed);
  const leaves = user !== undefined && user.delete_at !== null;
  await account.update({ state: waits ? 'pending' : leaves ? 'leaving' : 'active' });
  await deps.emit(tx, 'account.unsuspended', { accountId });
}

interface SettledVideo {
  readonly account_id: AccountId;
  readonly state: VideoState;
  readonly state_before_removal: VideoState | null;
  readonly uri: string;
  readonly visibility: Visibility;
  readonly local: boolean;
  readonly unannounced: boolean;
  readonly silent: boolean;
}

async function settleVideo(deps: EffectDeps, tx: Tx, videoId: VideoId): Promise<void> {
  const live = await inForce(tx, { kind: 'video', id: videoId });
  const row: SettledVideo = await tx('videos').where({ id: videoId }).forUpdate().first();
  const author = await tx('accounts').where({ id: row.account_id }).first('all_sensitive', 'comments_off');
  const marks = {
    staff_sensitive: live.has('sensitive') || author.all_sensitive,
    staff_comments_off: live.has('comments-off') || author.comments_off,
    undiscoverable: live.has('no-discovery'),
    staff_muted: live.has('mute'),
  };
  if (marks.staff_muted !== row.silent) await deps.emit(tx, 'video.muted', { videoId });
  const removed = live.has('remove');
  if (removed === (row.state === 'removed')) {
    await tx('videos').where({ id: videoId }).update(marks);
    return;
  }
  const state = removed
    ? { state: 'removed', state_before_removal: row.state }
    : { state: row.state_before_removal ?? 'published', state_before_removal: null };
  await tx('videos')
    .where({ id: videoId })
    .update({ ...marks, ...state });
  // What nobody has seen is nothing to tell of.
  const wasSeen = (removed ? row.state : state.state) === 'published';
  const { account_id: accountId, uri, visibility, local, unannounced } = row;
  const open = visibility === 'public' || visibility === 'unlisted';
  const told = { videoId, accountId, uri, local: local && wasSeen && !unannounced, open };
  if (removed) await deps.emit(tx, 'video.removed', { ...told, visibility: wasSeen ? visibility : null });
  else if (wasSeen) await restored(deps, tx, { videoId, local });
}

/** Whoever was told that it is gone takes it again for its later time. */
async function restored(
  deps: EffectDeps,
  tx: Tx,
  { videoId, local }: { readonly videoId: VideoId; readonly local: boolean },
): Promise<void> {
  if (local)
    await tx('videos')
      .where({ id: videoId })
      .update({ edited_at: tx.raw('clock_timestamp()') });
  await deps.emit(tx, 'video.restored', { videoId, local });
}

async function settleComment(deps: EffectDeps, tx: Tx, commentId: CommentId): Promise<void> {
  const live = await inForce(tx, { kind: 'comment', id: commentId });
  const row = await tx('comments').where({ id: commentId }).forUpdate().first();
  const removed = live.has('remove');
  if (removed === (row.removed_at !== null)) return;
  await tx('comments')
    .where({ id: commentId })
    .update({ removed_at: removed ? tx.fn.now() : null });
  const { video_id: videoId, account_id: accountId, uri, local, visibility } = row;
  // What the author of the video hid is off the count already.
  if (row.hidden_root_id === null) await addToStats(tx, videoId, { comments: removed ? -1 : 1 });
  if (!removed) return deps.emitComment(tx, 'comment.published', { commentId, local });
  await deps.emitComment(tx, 'comment.deleted', { commentId, videoId, accountId, uri, local, visibility });
}
