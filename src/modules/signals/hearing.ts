import type { Tx } from '../../db/database.ts';
import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import { accountSignals, introduced, videoSignals } from './facts.ts';
import { type NewSignal, tellSignals } from './outbox.ts';

/** Whom the reports of one event are about at most. */
const MAX_REPORTED = 50;

interface OfVideo {
  readonly accountId: AccountId;
  readonly videoId: VideoId | null;
}

/** What somebody did; before it, who that is, where it came from another server. */
async function tellOf(tx: Tx, actorId: AccountId, signals: readonly NewSignal[]): Promise<void> {
  await tellSignals(tx, [...(await introduced(tx, actorId)), ...signals]);
}

const action =
  (kind: 'like' | 'share', on: boolean) =>
  async (tx: Tx, { accountId, videoId }: OfVideo): Promise<void> => {
    // Likes of comments say nothing about videos.
    if (videoId !== null) await tellOf(tx, accountId, [{ kind, actorId: accountId, videoId, on }]);
  };

const follow =
  (on: boolean) =>
  async (tx: Tx, pair: { readonly followerId: AccountId; readonly targetId: AccountId }): Promise<void> => {
    const { followerId: actorId, targetId } = pair;
    await tellOf(tx, actorId, [{ kind: 'follow', actorId, targetId, on }]);
  };

const block =
  (on: boolean) =>
  (tx: Tx, pair: { readonly accountId: AccountId; readonly targetId: AccountId }): Promise<void> =>
    tellSignals(tx, [{ kind: 'block', actorId: pair.accountId, targetId: pair.targetId, on }]);

async function onAccount(tx: Tx, { accountId }: { readonly accountId: AccountId }): Promise<void> {
  await tellSignals(tx, await accountSignals(tx, [accountId]));
}

async function onVideo(tx: Tx, { videoId }: { readonly videoId: VideoId }): Promise<void> {
  await tellSignals(tx, await videoSignals(tx, [videoId]));
}

/** What the log is told of the events of the other modules (PostgreSQL first, the stream after). */
export const signalHearing = {
  onAccount,
  onAccountGone: (tx: Tx, { accountId }: { readonly accountId: AccountId }): Promise<void> =>
    tellSignals(tx, [{ kind: 'account-removed', id: accountId }]),

  onVideo,
  /** Followers know the author before the video. */
  async onVideoShown(tx: Tx, { videoId }: { readonly videoId: VideoId }): Promise<void> {
    const told = await videoSignals(tx, [videoId]);
    const authors = told.flatMap((one) => (one.kind === 'video' ? [one.authorId as AccountId] : []));
    await tellSignals(tx, [...(await accountSignals(tx, authors)), ...told]);
  },
  onVideoDeleted: (tx: Tx, { videoId }: { readonly videoId: VideoId }): Promise<void> =>
    tellSignals(tx, [{ kind: 'video-removed', id: videoId }]),

  onFollow: follow(true),
  onFollowEnded: follow(false),
  onBlock: block(true),
  onBlockEnded: block(false),
  onLike: action('like', true),
  onLikeRemoved: action('like', false),
  onShare: action('share', true),
  onShareRemoved: action('share', false),

  async onComment(tx: Tx, { commentId }: { readonly commentId: CommentId }): Promise<void> {
    const row = await tx('comments').where({ id: commentId }).first('account_id', 'video_id');
    if (!row) return;
    const [actorId, videoId] = [row.account_id as AccountId, row.video_id as VideoId];
    await tellOf(tx, actorId, [{ kind: 'comment', actorId, videoId, commentId, on: true }]);
  },
  onCommentDeleted: (tx: Tx, gone: OfVideo & { readonly commentId: CommentId }): Promise<void> => {
    const { accountId, videoId, commentId } = gone;
    if (videoId === null) return Promise.resolve();
    return tellSignals(tx, [{ kind: 'comment', actorId: accountId, videoId, commentId, on: false }]);
  },

  async onReport(tx: Tx, { reportId }: { readonly reportId: string }): Promise<void> {
    const row = await tx('reports').where({ id: reportId }).first('reporter_id', 'video_ids');
    if (!row) return;
    const ids: VideoId[] = row.video_ids.slice(0, MAX_REPORTED);
    const actorId: AccountId = row.reporter_id;
    await tellOf(
      tx,
      actorId,
      ids.map((videoId) => ({ kind: 'report', actorId, videoId, on: true })),
    );
  },
};
