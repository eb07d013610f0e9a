import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { AccountId, CommentId, Id, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Comments } from '../comments/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import type { Videos } from '../videos/index.ts';

export type HeldId = Id<'held'>;

/** A post that waits for a moderator. Exactly one of the two ids is not null. */
export interface HeldPost {
  readonly id: HeldId;
  readonly videoId: VideoId | null;
  readonly commentId: CommentId | null;
  readonly accountId: AccountId;
  readonly cause: 'rule' | 'hash' | 'classifier';
  readonly ruleId: string | null;
  readonly note: string;
  readonly createdAt: Date;
}

interface HeldRow {
  readonly id: HeldId;
  readonly video_id: VideoId | null;
  readonly comment_id: CommentId | null;
  readonly account_id: AccountId;
  readonly cause: HeldPost['cause'];
  readonly rule_id: string | null;
  readonly note: string;
  readonly created_at: Date;
}

export type Holding = ReturnType<typeof createHolding>;

/** What waits for a moderator, and what becomes of it. */
export function createHolding(deps: {
  readonly db: Db;
  readonly audit: Audit;
  /** What is made after it. */
  readonly later: () => { readonly videos: Videos; readonly comments: Comments };
}) {
  const { db, audit } = deps;

  async function decide(
    tx: Tx,
    by: Actor,
    { id, release, reason }: { readonly id: HeldId; readonly release: boolean; readonly reason: string },
  ): Promise<Result<object, 'permission-missing' | 'not-found'>> {
    const allowed = permitted(by, 'content');
    if (!allowed.ok) return allowed;
    const held: HeldRow | undefined = await tx('held_posts').where({ id }).forUpdate().first();
    if (!held)
      return fail('not-found', 'There is no such post in the queue, or somebody has decided about it.');
    const { videos, comments } = deps.later();
    const { video_id: videoId, comment_id: commentId } = held;
    // Its author may have deleted it; the row goes with it then.
    await tx('held_posts').where({ id }).delete();
    if (videoId !== null) {
      const why = reason === '' ? REFUSED : reason;
      await (release ? videos.release(tx, videoId) : videos.refuse(tx, { videoId, reason: why }));
    } else if (commentId !== null) {
      await (release ? comments.release(tx, commentId) : comments.refuse(tx, commentId));
    }
    await audit.record(tx, by, {
      action: release ? 'held.release' : 'held.reject',
      target: videoId === null ? { kind: 'comment', id: commentId ?? id } : { kind: 'video', id: videoId },
      reason,
      detail: { cause: held.cause, ruleId: held.rule_id },
    });
    return ok();
  }

  const waiting = () =>
    db('held_posts')
      .leftJoin('videos', 'videos.id', 'held_posts.video_id')
      // One that is still being made cannot be looked at.
      .where((ready) => ready.whereNull('held_posts.video_id').orWhere('videos.state', 'held'));

  return {
    /** What waits, newest first. */
    async list(page: Page): Promise<HeldPost[]> {
      const rows: HeldRow[] = await waiting().modify(within(page, 'held_posts.id')).select('held_posts.*');
      return rows.map(heldFromRow);
    },
    async count(): Promise<number> {
      const row = await waiting().count('* as count').first();
      return Number(row?.count ?? 0);
    },
    /** Publishes it as it would have been without the hold. */
    release: (tx: Tx, by: Actor, id: HeldId, reason = '') => decide(tx, by, { id, release: true, reason }),
    /** Refuses it for good; the author of a video reads the reason. */
    reject: (tx: Tx, by: Actor, id: HeldId, reason = '') => decide(tx, by, { id, release: false, reason }),
  };
}

const REFUSED = 'A moderator of this server did not let this be published.';

function heldFromRow(row: HeldRow): HeldPost {
  return {
    id: row.id,
    videoId: row.video_id,
    commentId: row.comment_id,
    accountId: row.account_id,
    cause: row.cause,
    ruleId: row.rule_id,
    note: row.note,
    createdAt: row.created_at,
  };
}
