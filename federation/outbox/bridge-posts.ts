import type { Tx } from '../../src/db/database.ts';
import type { AccountId, CommentId, VideoId } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Video, Videos, Visibility } from '../../src/modules/videos/index.ts';
import type { Notes, WrittenNote } from '../notes.ts';
import { pinOf } from '../translate/activities.ts';
import { createOf, deleteOf, updateOf } from '../translate/note.ts';
import type { Outgoing } from '../translate/outgoing.ts';
import { isOpen, publishOf } from '../translate/video.ts';
import { type Audience, isAnybody } from './audience.ts';
import { type DeliveryDeps, deliver } from './deliveries.ts';

export interface PostBridgeDeps extends DeliveryDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly notes: Notes;
  /** Makes the keys of a channel that has none yet. */
  readonly readyChannel: ReadyChannel;
}

interface DeletedPost {
  readonly accountId: AccountId;
  readonly uri: string;
  readonly local: boolean;
  /** Of a video: whether anybody could see it. */
  readonly open?: boolean;
}

/** Makes the keys of a channel unless it has some. */
export type ReadyChannel = (tx: Tx, channel: Account) => Promise<void>;

/** What happened to posts of this server, as activities. */
export function postBridge(deps: PostBridgeDeps) {
  const idsOf = (accounts: WrittenNote['mentioned']) => accounts.map(({ id }) => id);

  /** PeerTube drops these Notes, and shows to everybody whatever it does not drop (peertube.md 1). */
  const videoAudience = (video: Video, { author, mentioned }: WrittenNote): Audience[] => [
    { kind: 'servers', of: idsOf(mentioned), peers: 'others' },
    ...(video.visibility === 'direct'
      ? []
      : [{ kind: 'followers', of: author.id, peers: 'others' } as const]),
  ];

  /** Servers with PeerTube where somebody follows a person or the person's channel. */
  const peerTubeOf = (author: Account, channel: Account): Audience[] => [
    { kind: 'followers', of: author.id, peers: 'peertube' },
    { kind: 'followers', of: channel.id, peers: 'peertube' },
  ];

  /** Nothing is kept where there is no such server, which is the rule. */
  async function tellPeerTube(
    tx: Tx,
    author: Account,
    activity: Outgoing,
    objectUri: string,
    audience: readonly Audience[],
  ): Promise<void> {
    if (!(await isAnybody(tx, audience))) return;
    await deliver(deps, tx, { senderId: author.id, activity, objectUri, audience });
  }

  /**
   * The channel passes a new video on to its own followers: to PeerTube under the id that it knows, together with
   * the Create of that; to everybody else under the other.
   */
  async function publishByChannel(tx: Tx, video: Video): Promise<void> {
    const written = await deps.notes.videoFor(video);
    if (!written) return;
    const { author, channel, document } = written;
    const audience = peerTubeOf(author, channel);
    const objectUri = deps.urls.videoAlias(video.uri);
    await tellPeerTube(tx, author, createOf(document, author.actorUri), objectUri, audience);
    for (const [uri, readers] of [
      [objectUri, audience],
      [video.uri, [{ kind: 'followers', of: channel.id, peers: 'others' }]],
    ] as const) {
      if (!(await isAnybody(tx, readers))) continue;
      await deps.readyChannel(tx, channel);
      const activity = publishOf(deps, video, channel, uri);
      await deliver(deps, tx, { senderId: channel.id, activity, objectUri: uri, audience: readers });
    }
  }

  async function updateOnPeerTube(tx: Tx, video: Video): Promise<void> {
    const written = await deps.notes.videoFor(video);
    if (!written) return;
    const { author, channel, document } = written;
    const objectUri = deps.urls.videoAlias(video.uri);
    const told = { kind: 'told', objectUri } as const;
    const audience = [...peerTubeOf(author, channel), told];
    await tellPeerTube(tx, author, updateOf(document, deps.ids.next(), author.actorUri), objectUri, audience);
  }

  /** By the person: PeerTube refuses it from the channel (peertube.md 3). */
  async function deleteOnPeerTube(tx: Tx, event: DeletedPost): Promise<void> {
    const author = event.local && event.open ? await deps.accounts.byId(event.accountId) : null;
    const channel = author && (await deps.accounts.channelOf(author.id));
    if (!author || !channel) return;
    const objectUri = deps.urls.videoAlias(event.uri);
    const told = { kind: 'told', objectUri } as const;
    const audience = [...peerTubeOf(author, channel), told];
    await tellPeerTube(tx, author, deleteOf(objectUri, author.actorUri), objectUri, audience);
  }

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
        { kind: 'followers', of: author.id, peers: 'others' },
        { kind: 'told', objectUri: event.uri },
      ],
    });
  };

  async function tellComment(tx: Tx, commentId: CommentId, type: 'Create' | 'Update'): Promise<void> {
    const comment = await deps.comments.internal(commentId);
    const written = comment?.local ? await deps.notes.ofComment(comment) : null;
    if (!comment || !written) return;
    const { author, answered, mentioned, video, note } = written;
    const forAll = isOpen(comment);
    // PeerTube shows every comment to everybody.
    const allowed = forAll ? {} : ({ peers: 'others' } as const);
    // The author of the video is told of a letter to somebody else only by name (security.md P1).
    const addressed = [...(forAll ? [video.accountId] : []), answered.id, ...idsOf(mentioned)];
    const audience: Audience[] = [
      // What the author of the video hid goes to nobody new. Whoever has it shows it, and hears what its own author changes.
      ...(comment.hidden ? [] : [{ kind: 'servers', of: addressed, ...allowed } as const]),
      // Whoever shows our video shows what is said below it.
      ...(forAll && video.local && !comment.hidden ? [{ kind: 'told', objectUri: video.uri } as const] : []),
      ...(type === 'Update' ? [{ kind: 'told', objectUri: comment.uri, ...allowed } as const] : []),
    ];
    // Hidden before anybody heard of it.
    if (audience.length === 0) return;
    await deliver(deps, tx, {
      senderId: author.id,
      activity: type === 'Create' ? createOf(note) : updateOf(note, deps.ids.next()),
      objectUri: comment.uri,
      audience,
    });
  }

  const onVideoPublished = async (tx: Tx, event: { videoId: VideoId }): Promise<void> => {
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
    await publishByChannel(tx, video);
  };

  return {
    onVideoPublished,

    async onVideoUpdated(
      tx: Tx,
      { videoId, widenedFrom }: { videoId: VideoId; widenedFrom?: Visibility | undefined },
    ): Promise<void> {
      const video = await deps.videos.internal(videoId);
      const written = video && (await deps.notes.ofVideo(video));
      if (!video || !written) return;
      // Whoever was to know nothing of it takes no edit of it, but the post itself.
      const isNewToSome = widenedFrom !== undefined && !isOpen({ visibility: widenedFrom });
      // A server may have been told before it was known to run PeerTube.
      const told = { kind: 'told', objectUri: video.uri, peers: 'others' } as const;
      const readers = videoAudience(video, written);
      const about = { senderId: written.author.id, objectUri: video.uri };
      await deliver(deps, tx, {
        ...about,
        activity: updateOf(written.note, deps.ids.next()),
        audience: isNewToSome ? [told] : [...readers, told],
      });
      if (!isNewToSome) return updateOnPeerTube(tx, video);
      const audience = readers.map((one) => ({ ...one, notToldOf: video.uri }));
      if (await isAnybody(tx, audience)) {
        const activity = createOf(written.note, written.note.attributedTo, deps.ids.next());
        await deliver(deps, tx, { ...about, activity, audience });
      }
      await publishByChannel(tx, video);
    },

    /** Only PeerTube shows captions of others. Nobody edited anything, so nobody else is told. */
    async onVideoCaptioned(tx: Tx, event: { videoId: VideoId }): Promise<void> {
      const video = await deps.videos.internal(event.videoId);
      if (video?.state === 'published') await updateOnPeerTube(tx, video);
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

    async onVideoDeleted(tx: Tx, event: DeletedPost): Promise<void> {
      await onPostDeleted(tx, event);
      await deleteOnPeerTube(tx, event);
    },
    /** Whoever heard that it is gone takes it again for its later time, as far as it takes anything back (ADR 0043). */
    async onVideoRestored(tx: Tx, { videoId, local }: { videoId: VideoId; local: boolean }): Promise<void> {
      if (local) await onVideoPublished(tx, { videoId });
    },
    onCommentDeleted: onPostDeleted,
    onCommentPublished: (tx: Tx, event: { commentId: CommentId }) =>
      tellComment(tx, event.commentId, 'Create'),
    onCommentUpdated: (tx: Tx, event: { commentId: CommentId }) => tellComment(tx, event.commentId, 'Update'),
  };
}
