import { z } from 'zod';
import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { AccountId, AuditId, CommentId, Id, IdSource, VideoId } from '../../lib/ids.ts';
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
  readonly ids: IdSource;
  readonly audit: Audit;
  /** What is made after it. */
  readonly later: () => { readonly videos: Videos; readonly comments: Comments };
}) {
  const { db, ids, audit } = deps;

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

  /**
   * Holds again what was released, as long as nobody but this server had to be told: what comes from other servers.
   * A post of this server was sent to others with its release, and nothing calls it back but its removal, which is a
   * measure with a way back of its own. What was refused is gone with its files, and its author knows: no way leads back.
   */
  async function undo(
    tx: Tx,
    by: Actor,
    auditId: AuditId,
    reason = '',
  ): Promise<Result<object, UndoRefusal>> {
    const allowed = permitted(by, 'content');
    if (!allowed.ok) return allowed;
    const entry = await audit.byId(tx, auditId);
    if (entry?.action !== 'held.release') return fail('not-undoable', 'What was refused is gone for good.');
    const { target } = entry;
    const isVideo = target.kind === 'video';
    const { videos, comments } = deps.later();
    // Its row is locked first: of two who take it back, one is told.
    const held = await (isVideo
      ? videos.holdAgain(tx, target.id as VideoId)
      : comments.holdAgain(tx, target.id as CommentId));
    if (!held.ok) return held;
    const again = await audit.byId(tx, auditId);
    if (again?.undoneBy) return fail('undone-before', 'This was taken back before.');
    const { cause, ruleId } = releaseSchema.parse(entry.detail);
    const rule = ruleId === null ? undefined : await tx('content_rules').where({ id: ruleId }).first('id');
    await tx('held_posts').insert({
      ...{ id: ids.next<'held'>(), [isVideo ? 'video_id' : 'comment_id']: target.id },
      ...{ account_id: held.accountId, cause, rule_id: rule?.id ?? null },
    });
    await audit.record(tx, by, { action: 'held.undo', target, reason, undoes: auditId });
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
    undo,
  };
}

type UndoRefusal = 'permission-missing' | 'not-undoable' | 'undone-before';

/** What the log keeps of a decision. */
const releaseSchema = z.object({
  cause: z.enum(['rule', 'hash', 'classifier']),
  ruleId: z.string().nullable(),
});

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
