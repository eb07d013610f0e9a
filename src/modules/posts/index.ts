import { schedulingLimits } from '../../../config/limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { once } from '../../db/once.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account, Accounts } from '../accounts/index.ts';
import type { Comments } from '../comments/index.ts';
import type { Videos } from '../videos/index.ts';
import {
  type NewPost,
  type Posted,
  type ScheduledPost,
  type ScheduledPostId,
  waitingPostSchema,
} from './model.ts';
import { heldAmong, reviseHolder, waitingJson } from './waiting.ts';

export type { NewPost, Posted, ScheduledPost, ScheduledPostId } from './model.ts';

export type Posts = ReturnType<typeof createPosts>;

interface PostDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly accounts: Accounts;
}

/** How a request to post is carried out. */
export interface Manner {
  /** By which its client marks repetitions of the same request; null where it does not. */
  readonly key: string | null;
  /** Null: now. */
  readonly scheduledAt: Date | null;
}

/** What a request to post made. */
type Made = Posted | { readonly scheduledId: ScheduledPostId };

interface ScheduledRow {
  readonly id: ScheduledPostId;
  readonly account_id: AccountId;
  readonly video_id: VideoId | null;
  readonly scheduled_at: Date;
  readonly post: unknown;
}

type Refusal =
  | ('not-found' | 'media-refused' | 'media-in-use' | 'comments-closed' | 'blocked' | 'rule')
  | ('too-soon' | 'too-late' | 'too-many-scheduled');

/** Posting: a video that was uploaded for it or an answer, once for each request, now or when its time has come. */
export function createPosts(deps: PostDeps) {
  const { db, ids, clock } = deps;

  /** Publishes what its author may post; who may see what is answered is looked at here, as the time may be another. */
  async function publish(tx: Tx, author: Account, post: NewPost): Promise<Result<{ made: Posted }, Refusal>> {
    const { text, contentWarning, sensitive, language, mentions, visibility, application } = post;
    if (post.videoId !== null) {
      const about = { caption: text, visibility, contentWarning, sensitive, language, mentions, altText: '' };
      const { videoId } = post;
      const outcome = await deps.videos.postDraft(tx, { videoId, author, details: about, application });
      return outcome.ok ? ok({ made: { videoId: outcome.videoId } }) : outcome;
    }
    const { answers } = post;
    const video = answers && (await deps.videos.forViewer(answers.videoId, author.id));
    const parent =
      answers && answers.parentId !== null
        ? await deps.comments.forViewer(answers.parentId, author.id)
        : null;
    if (!video || (answers.parentId !== null && !parent)) {
      return fail('not-found', 'What this answers is gone.');
    }
    const details = { text, contentWarning, sensitive, language, mentions };
    const outcome = await deps.comments.publish(tx, {
      ...{ author, video, parent, visibility, details, application },
    });
    return outcome.ok ? ok({ made: { commentId: outcome.commentId } }) : outcome;
  }

  /** Keeps a post until its time. Its video is held by it from now on. */
  async function schedule(
    tx: Tx,
    author: Account,
    post: NewPost,
    scheduledAt: Date,
  ): Promise<Result<{ made: { scheduledId: ScheduledPostId } }, Refusal>> {
    const refusal = timeRefusal(clock, scheduledAt) ?? (await holdRefusal(deps, tx, author.id, post));
    if (refusal) return refusal;
    const id = ids.next<'scheduled-post'>();
    await tx('scheduled_posts').insert({
      ...{ id, account_id: author.id, video_id: post.videoId, scheduled_at: scheduledAt },
      post: waitingJson(post),
    });
    const { videoId, text, contentWarning, sensitive, language, mentions, visibility } = post;
    if (videoId !== null) {
      const details = { caption: text, contentWarning, sensitive, language, mentions, visibility };
      await deps.videos.writeDraft(tx, { videoId, accountId: author.id, details });
    }
    return ok({ made: { scheduledId: id } });
  }

  /** Its video is what it was before it was held. */
  async function release(tx: Tx, { video_id: videoId, account_id: accountId }: ScheduledRow): Promise<void> {
    if (videoId !== null) await deps.videos.releaseDraft(tx, { videoId, accountId });
  }

  /** Posts what is due and waits longest; false where nothing is. */
  async function publishNext(tx: Tx): Promise<boolean> {
    const row: ScheduledRow | undefined = await tx('scheduled_posts')
      .where('scheduled_at', '<=', new Date(clock.now()))
      .orderBy('scheduled_at')
      .forUpdate()
      .skipLocked()
      .first();
    if (!row) return false;
    await tx('scheduled_posts').where({ id: row.id }).delete();
    const { mentions, ...waiting } = waitingPostSchema.parse(row.post);
    const people = await deps.accounts.byIds([row.account_id, ...Object.values(mentions)]);
    const author = people.get(row.account_id);
    if (!author) return true;
    const named = Object.entries(mentions).flatMap(([handle, id]) => {
      const account = people.get(id);
      return account?.state === 'active' ? [[handle, account] as const] : [];
    });
    // What holds for whoever posts now holds for what they had planned before.
    const mayPost = author.state === 'active' && !author.limits.frozen;
    const outcome = mayPost
      ? await publish(tx, author, { ...waiting, mentions: new Map(named) })
      : fail('frozen');
    if (outcome.ok) return true;
    deps.log.warn(
      { scheduledPostId: row.id, reason: outcome.reason },
      'a scheduled post could not be posted',
    );
    await release(tx, row);
    return true;
  }

  /** One that fails for a fault of ours must not hold back those behind it. */
  async function postpone(tx: Tx): Promise<void> {
    const due = tx('scheduled_posts')
      .where('scheduled_at', '<=', new Date(clock.now()))
      .orderBy('scheduled_at')
      .limit(1);
    await tx('scheduled_posts')
      .whereIn('id', due.select('id'))
      .update({ scheduled_at: new Date(clock.now() + schedulingLimits.retryMs) });
  }

  const own = (accountId: AccountId) => db('scheduled_posts').where({ account_id: accountId });

  return {
    /**
     * Posts, or keeps for later. With a key, requests that repeat one of the last day make nothing: they get what
     * that one made, also while it is still being made.
     */
    async create(tx: Tx, author: Account, post: NewPost, manner: Manner): Promise<Result<Made, Refusal>> {
      const make = () =>
        manner.scheduledAt === null
          ? publish(tx, author, post)
          : schedule(tx, author, post, manner.scheduledAt);
      if (manner.key === null) {
        const outcome = await make();
        return outcome.ok ? ok(outcome.made as Made) : outcome;
      }
      const outcome = await once<Made, Refusal>(tx, { accountId: author.id, key: manner.key }, async () => {
        const made = await make();
        return made.ok ? ok({ result: made.made as Made }) : made;
      });
      return outcome.ok ? ok(outcome.result) : outcome;
    },

    /** Posts all that is due. A kill at any point leaves each either waiting or posted. */
    async publishDue(signal?: AbortSignal): Promise<void> {
      for (let more = true; more && !signal?.aborted; ) {
        more = await deps.inTx(publishNext).catch(async (error) => {
          deps.log.error({ err: error }, 'a scheduled post could not be posted; it is tried again later');
          await deps.inTx(postpone);
          return true;
        });
      }
    },

    /** What of an account waits for its time, newest first, paged by id. */
    async scheduledOf(
      accountId: AccountId,
      page: { readonly maxId: string | null; readonly minId: string | null; readonly limit: number },
    ): Promise<ScheduledPost[]> {
      const query = own(accountId).orderBy('id', 'desc').limit(page.limit);
      if (page.maxId !== null) query.where('id', '<', page.maxId);
      if (page.minId !== null) query.where('id', '>', page.minId);
      return ((await query) as ScheduledRow[]).map(scheduledFromRow);
    },

    /** Which of these videos of the account wait for their time, and until when. */
    heldAmong: (accountId: AccountId, ids: readonly VideoId[]) => heldAmong(db, accountId, ids),
    reviseHolder,

    async scheduled(id: ScheduledPostId, accountId: AccountId): Promise<ScheduledPost | null> {
      const row: ScheduledRow | undefined = await own(accountId).where({ id }).first();
      return row ? scheduledFromRow(row) : null;
    },

    async reschedule(
      tx: Tx,
      input: { readonly id: ScheduledPostId; readonly accountId: AccountId; readonly at: Date },
    ): Promise<Result<object, Refusal>> {
      const refusal = timeRefusal(clock, input.at);
      if (refusal) return refusal;
      const changed = await tx('scheduled_posts')
        .where({ id: input.id, account_id: input.accountId })
        .update({ scheduled_at: input.at });
      return changed === 1 ? ok() : fail('not-found', 'There is no such scheduled post.');
    },

    /** Takes a scheduled post back. Its video is what it was before: a draft that is kept, or media for a post. */
    async unschedule(
      tx: Tx,
      { id, accountId }: { readonly id: ScheduledPostId; readonly accountId: AccountId },
    ): Promise<Result<object, 'not-found'>> {
      const [done] = await tx('scheduled_posts')
        .where({ id, account_id: accountId })
        .delete()
        .returning<ScheduledRow[]>('*');
      if (!done) return fail('not-found', 'There is no such scheduled post.');
      await release(tx, done);
      return ok();
    },
  };
}

function timeRefusal(clock: Clock, at: Date) {
  const ahead = at.getTime() - clock.now();
  if (ahead < schedulingLimits.leastAheadMs) {
    return fail('too-soon', 'A post can be scheduled for five minutes from now or later.');
  }
  return ahead > schedulingLimits.maxAheadMs ? fail('too-late', 'This is too far in the future.') : null;
}

/** Why a post cannot be kept for later, or null where it can. */
async function holdRefusal({ videos }: PostDeps, tx: Tx, accountId: AccountId, { videoId }: NewPost) {
  const kept = await tx('scheduled_posts').where({ account_id: accountId }).count('* as count').first();
  if (Number(kept?.count) >= schedulingLimits.maxPerAccount) {
    return fail(
      'too-many-scheduled',
      `At most ${schedulingLimits.maxPerAccount} posts can wait for their time.`,
    );
  }
  return videoId === null ? null : videos.draftRefusal(tx, { videoId, accountId });
}

function scheduledFromRow(row: ScheduledRow): ScheduledPost {
  const { mentions: _mentions, ...post } = waitingPostSchema.parse(row.post);
  return { ...post, id: row.id, scheduledAt: row.scheduled_at };
}
