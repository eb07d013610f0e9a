import type { Tx } from '../../src/db/database.ts';
import type { AccountId, CommentId, VideoId } from '../../src/lib/ids.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Video, Videos } from '../../src/modules/videos/index.ts';
import type { Notes, WrittenNote } from '../notes.ts';
import { pinOf } from '../translate/activities.ts';
import { createOf, deleteOf, updateOf } from '../translate/note.ts';
import type { Audience } from './audience.ts';
import { type DeliveryDeps, deliver } from './deliveries.ts';

export interface PostBridgeDeps extends DeliveryDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly notes: Notes;
}

interface DeletedPost {
  readonly accountId: AccountId;
  readonly uri: string;
  readonly local: boolean;
}

/** What happened to posts of this server, as activities. */
export function postBridge(deps: PostBridgeDeps) {
  const idsOf = (accounts: WrittenNote['mentioned']) => accounts.map(({ id }) => id);

  const videoAudience = (video: Video, { author, mentioned }: WrittenNote): Audience[] => [
    { kind: 'servers', of: idsOf(mentioned) },
    ...(video.visibility === 'direct' ? [] : [{ kind: 'followers', of: author.id } as const]),
  ];

  /** Everybody who is to know of a deletion: whoever was told, and followers, who may have found it themselves. */
  const onPostDeleted = async (tx: Tx, event: DeletedPost): Promise<void> => {
    if (!event.local) return;
    const author = await deps.accounts.byId(event.accountId);
    if (!author) return;
    await deliver(deps, tx, {
      senderId: author.id,
      activity: deleteOf(event.uri, author.actorUri),
      objectUri: event.uri,
      audience: [
        { kind: 'followers', of: author.id },
        { kind: 'told', objectUri: event.uri },
      ],
    });
  };

  async function tellComment(tx: Tx, commentId: CommentId, type: 'Create' | 'Update'): Promise<void> {
    const comment = await deps.comments.internal(commentId);
    const written = comment?.local ? await deps.notes.ofComment(comment) : null;
    if (!comment || !written) return;
    const { author, answered, mentioned, video, note } = written;
    const isOpen = comment.visibility === 'public' || comment.visibility === 'unlisted';
    // The author of the video is told of a letter to somebody else only by name (security.md P1).
    const addressed = [...(isOpen ? [video.accountId] : []), answered.id, ...idsOf(mentioned)];
    await deliver(deps, tx, {
      senderId: author.id,
      activity: type === 'Create' ? createOf(note) : updateOf(note),
      objectUri: comment.uri,
      audience: [
        { kind: 'servers', of: addressed },
        // Whoever shows our video shows what is said below it.
        ...(isOpen && video.local ? [{ kind: 'told', objectUri: video.uri } as const] : []),
        ...(type === 'Update' ? [{ kind: 'told', objectUri: comment.uri } as const] : []),
      ],
    });
  }

  return {
    async onVideoPublished(tx: Tx, event: { videoId: VideoId }): Promise<void> {
      const video = await deps.videos.internal(event.videoId);
      const written = video && (await deps.notes.ofVideo(video));
      // Deleted between the two: its own event follows.
      if (!video || !written) return;
      await deliver(deps, tx, {
        senderId: written.author.id,
        activity: createOf(written.note),
        objectUri: video.uri,
        audience: videoAudience(video, written),
      });
    },

    async onVideoUpdated(tx: Tx, event: { videoId: VideoId }): Promise<void> {
      const video = await deps.videos.internal(event.videoId);
      const written = video && (await deps.notes.ofVideo(video));
      if (!video || !written) return;
      await deliver(deps, tx, {
        senderId: written.author.id,
        activity: updateOf(written.note),
        objectUri: video.uri,
        audience: [...videoAudience(video, written), { kind: 'told', objectUri: video.uri }],
      });
    },

    async onVideoPinned(tx: Tx, event: { videoId: VideoId; pinned: boolean }): Promise<void> {
      const video = await deps.videos.internal(event.videoId);
      const author = video && (await deps.accounts.byId(video.accountId));
      if (!video || !author) return;
      const activity = pinOf({
        type: event.pinned ? 'Add' : 'Remove',
        actorUri: author.actorUri,
        featured: deps.urls.featured(author.id),
        objectUri: video.uri,
        serial: deps.ids.next(),
      });
      const audience = { kind: 'followers', of: author.id } as const;
      await deliver(deps, tx, { senderId: author.id, activity, objectUri: video.uri, audience });
    },

    onVideoDeleted: onPostDeleted,
    onCommentDeleted: onPostDeleted,
    onCommentPublished: (tx: Tx, event: { commentId: CommentId }) =>
      tellComment(tx, event.commentId, 'Create'),
    onCommentUpdated: (tx: Tx, event: { commentId: CommentId }) => tellComment(tx, event.commentId, 'Update'),
  };
}
