import type { Tx } from '../../db/database.ts';
import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import { accountSignals, videoSignals } from './facts.ts';
import { type NewSignal, tellSignals } from './outbox.ts';

/** Videos of one report that followers hear of at most. */
const MAX_REPORTED = 50;

/** Takes events that come one after the other together: thousands of one name are no rarity. */
interface Heard<P> {
  readonly all: (tx: Tx, events: readonly P[]) => Promise<void>;
}

interface OfAccount {
  readonly accountId: AccountId;
}

interface OfVideo {
  readonly videoId: VideoId;
}

interface Reaction {
  readonly accountId: AccountId;
  readonly videoId: VideoId | null;
}

const heard = <P>(signalsOf: (event: P) => readonly NewSignal[]): Heard<P> => ({
  all: (tx, events) => tellSignals(tx, events.flatMap(signalsOf)),
});

/** The same; before it, who does that, where they are of another server: followers weigh by where it comes from. */
const heardOf = <P>(
  signalsOf: (event: P) => readonly (NewSignal & { readonly actorId: string })[],
): Heard<P> => ({
  all: (tx, events) => tellOfActors(tx, events.flatMap(signalsOf)),
});

async function tellOfActors(
  tx: Tx,
  signals: readonly (NewSignal & { readonly actorId: string })[],
): Promise<void> {
  const actors = [...new Set(signals.map(({ actorId }) => actorId as AccountId))];
  const known = actors.length === 0 ? [] : await accountSignals(tx, actors);
  const remote = known.filter((one) => one.kind === 'account' && one.domain !== '');
  await tellSignals(tx, [...remote, ...signals]);
}

/** Likes of comments say nothing about videos. */
const reaction = (kind: 'like' | 'share', on: boolean) =>
  heardOf(({ accountId: actorId, videoId }: Reaction) =>
    videoId === null ? [] : [{ kind, actorId, videoId, on }],
  );

const follow = (on: boolean) =>
  heardOf(({ followerId, targetId }: { readonly followerId: AccountId; readonly targetId: AccountId }) => [
    { kind: 'follow', actorId: followerId, targetId, on },
  ]);

const block = (on: boolean) =>
  heard(({ accountId, targetId }: OfAccount & { readonly targetId: AccountId }) => [
    { kind: 'block', actorId: accountId, targetId, on },
  ]);

const onAccount: Heard<OfAccount> = {
  all: async (tx, events) =>
    tellSignals(
      tx,
      await accountSignals(
        tx,
        events.map(({ accountId }) => accountId),
      ),
    ),
};

/** Followers know the author before the video. */
const onVideo: Heard<OfVideo> = {
  async all(tx, events) {
    const told = await videoSignals(
      tx,
      events.map(({ videoId }) => videoId),
    );
    const authors = told.flatMap((one) => (one.kind === 'video' ? [one.authorId as AccountId] : []));
    await tellSignals(tx, [...(await accountSignals(tx, [...new Set(authors)])), ...told]);
  },
};

interface CommentRow {
  readonly id: CommentId;
  readonly actorId: AccountId;
  readonly videoId: VideoId;
}

const onComment: Heard<{ readonly commentId: CommentId }> = {
  async all(tx, events) {
    const rows: CommentRow[] = await tx('comments')
      .whereRaw('id = any(?::bigint[])', [events.map(({ commentId }) => commentId)])
      .orderBy('id')
      .select('id', 'account_id as actorId', 'video_id as videoId');
    await tellOfActors(
      tx,
      rows.map(({ id, actorId, videoId }) => ({
        kind: 'comment',
        actorId,
        videoId,
        commentId: id,
        on: true,
      })),
    );
  },
};

interface ReportRow {
  readonly actorId: AccountId;
  readonly videoIds: readonly VideoId[];
}

const onReport: Heard<{ readonly reportId: string }> = {
  async all(tx, events) {
    const rows: ReportRow[] = await tx('reports')
      .whereRaw('id = any(?::bigint[])', [events.map(({ reportId }) => reportId)])
      .orderBy('id')
      .select('reporter_id as actorId', 'video_ids as videoIds');
    await tellOfActors(
      tx,
      rows.flatMap(({ actorId, videoIds }) =>
        videoIds
          .slice(0, MAX_REPORTED)
          .map((videoId) => ({ kind: 'report' as const, actorId, videoId, on: true })),
      ),
    );
  },
};

/** What the log is told of the events of the other modules (PostgreSQL first, the stream after). */
export const signalHearing = {
  onAccount,
  onAccountGone: heard(({ accountId }: OfAccount) => [{ kind: 'account-removed', id: accountId }]),
  onVideo,
  onVideoDeleted: heard(({ videoId }: OfVideo) => [{ kind: 'video-removed', id: videoId }]),
  onFollow: follow(true),
  onFollowEnded: follow(false),
  onBlock: block(true),
  onBlockEnded: block(false),
  onLike: reaction('like', true),
  onLikeRemoved: reaction('like', false),
  onShare: reaction('share', true),
  onShareRemoved: reaction('share', false),
  onComment,
  onCommentDeleted: heard(
    ({ accountId, videoId, commentId }: OfAccount & OfVideo & { readonly commentId: CommentId }) => [
      { kind: 'comment', actorId: accountId, videoId, commentId, on: false },
    ],
  ),
  onReport,
};
