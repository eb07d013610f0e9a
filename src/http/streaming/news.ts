import { z } from 'zod';
import { liveLimits } from '../../../config/live-limits.ts';
import type { CommittedEvent } from '../../jobs/relay.ts';
import {
  type AccountId,
  type CommentId,
  idSchema,
  type NotificationId,
  type VideoId,
} from '../../lib/ids.ts';
import { ownTypes } from '../../modules/notifications/index.ts';
import { visibilities } from '../../modules/videos/index.ts';
import { notificationEntitiesOf } from '../api/notifications/entities.ts';
import type { HttpDeps } from '../deps.ts';
import { createAnnouncementNews } from './announcements.ts';
import type { Audience, Listener, Message } from './audience.ts';
import { type Placed, type Stream, tellsOf } from './streams.ts';
import { commentText, shareText, videoText } from './texts.ts';

const videoPayload = z.object({ videoId: idSchema<'video'>() });
const commentPayload = z.object({ commentId: idSchema<'comment'>() });
const branchPayload = commentPayload.extend(videoPayload.shape);
const sharePayload = videoPayload.extend({
  accountId: idSchema<'account'>(),
  shareId: idSchema<'share'>().nullable().default(null),
});
const deletedPayload = z.object({
  accountId: idSchema<'account'>(),
  visibility: z.enum(visibilities).nullable().default(null),
});
const notificationPayload = z.object({
  notificationId: idSchema<'notification'>(),
  accountId: idSchema<'account'>(),
});
const accountPayload = z.object({ accountId: idSchema<'account'>() });

const NOWHERE: Placed = { home: false, public: false, local: false, tags: [], listIds: [] };
const AT_HOME: Placed = { ...NOWHERE, home: true };

type New = 'update' | 'status.update';

/** What each event tells whom. Places are looked up for all listeners at once. */
export function createNews(deps: HttpDeps, audience: Audience) {
  /** Tells of a post those who find it in one of their streams. Where nobody does, it need not be written down. */
  async function tellOfPost(
    event: New,
    placesAmong: (viewerIds: readonly AccountId[]) => Promise<ReadonlyMap<AccountId, Placed>>,
    text: () => Promise<string | null>,
  ): Promise<void> {
    const some = audience.all();
    const places = await placesAmong([...new Set(some.map(({ accountId }) => accountId))]);
    const wants = (stream: Stream, { accountId }: Listener) =>
      tellsOf(stream, places.get(accountId) ?? NOWHERE);
    const wanting = some.filter((one) => [...one.streams.values()].some((stream) => wants(stream, one)));
    const payload = wanting.length > 0 ? await text() : null;
    if (payload !== null) await audience.tell(wanting, wants, { event, payload });
  }

  const atHome = (ids: ReadonlySet<AccountId>) => new Map([...ids].map((id) => [id, AT_HOME] as const));

  async function tellOfVideo(videoId: VideoId, event: New): Promise<void> {
    const facts = await deps.streaming.factsOf(videoId, event === 'update');
    if (!facts) return;
    await tellOfPost(
      event,
      async (ids) => {
        const places = await deps.streaming.placesOf(videoId, ids);
        return new Map(places.map((place) => [place.viewerId, { ...place, ...facts }]));
      },
      () => videoText(deps, videoId),
    );
  }

  /** Listeners that have the comments of some video open. */
  const readers = () =>
    audience
      .all()
      .filter(({ streams }) => [...streams.values()].some(({ name }) => name === 'video:comments'));
  const readerIds = () => [...new Set(readers().map(({ accountId }) => accountId))];
  const isBelow = (videoId: VideoId) => (stream: Stream) =>
    stream.name === 'video:comments' && stream.videoId === videoId;

  /** Tells those who have the comments of its video open, however old it is: elsewhere it may have been written long ago. */
  async function tellBelowVideo(commentId: CommentId, event: New): Promise<void> {
    if (readers().length === 0) return;
    const comment = await deps.comments.internal(commentId);
    if (!comment) return;
    const isHere = isBelow(comment.videoId);
    const some = readers().filter(({ streams }) => [...streams.values()].some(isHere));
    const ids = [...new Set(some.map(({ accountId }) => accountId))];
    const may = ids.length > 0 ? await deps.streaming.readersOfComment(commentId, ids) : new Set();
    const told = some.filter(({ accountId }) => may.has(accountId));
    const payload = told.length > 0 ? await commentText(deps, commentId) : null;
    if (payload !== null) await audience.tell(told, isHere, { event, payload });
  }

  /** As everywhere: what was not for everybody is told to those who follow its author now. */
  async function tellOfDeletionBelow(
    videoId: VideoId,
    id: CommentId,
    { accountId, visibility }: z.output<typeof deletedPayload>,
    seenBy: ReadonlySet<AccountId> = new Set(),
  ): Promise<void> {
    if (readers().length === 0 || visibility === null || visibility === 'direct') return;
    const isOpen = visibility !== 'followers';
    const fans = isOpen ? null : await deps.streaming.followersAmong(accountId, readerIds());
    const told = readers().filter(
      (one) => !seenBy.has(one.accountId) && (fans === null || fans.has(one.accountId)),
    );
    await audience.tell(told, isBelow(videoId), { event: 'delete', payload: id });
  }

  /** What was hidden is gone for all but its author and the author of the video. */
  async function tellOfHiding({ commentId, videoId }: z.output<typeof branchPayload>): Promise<void> {
    if (readers().length === 0) return;
    for (const comment of await deps.comments.branchOf(commentId, liveLimits.maxToldOfBranch)) {
      // It may be shown again by now.
      if (!comment.hidden) continue;
      const seenBy = await deps.streaming.readersOfComment(comment.id, readerIds());
      await tellOfDeletionBelow(videoId, comment.id, comment, seenBy);
    }
  }

  async function tellOfShowing(commentId: CommentId): Promise<void> {
    if (readers().length === 0) return;
    for (const { id } of await deps.comments.branchOf(commentId, liveLimits.maxToldOfBranch)) {
      await tellBelowVideo(id, 'update');
    }
  }

  async function tellOfComment(commentId: CommentId, event: New): Promise<void> {
    await tellOfPost(
      event,
      async (ids) => atHome(await deps.streaming.homesOfComment(commentId, ids, event === 'update')),
      () => commentText(deps, commentId),
    );
    await tellBelowVideo(commentId, event);
  }

  async function tellOfShare(by: z.output<typeof sharePayload>): Promise<void> {
    const share = await deps.streaming.shareOf(by.accountId, by.videoId);
    if (!share) return;
    await tellOfPost(
      'update',
      async (ids) => atHome(await deps.streaming.homesOfShare(share.id, ids)),
      () => shareText(deps, share, by),
    );
  }

  /** Its own row is gone: those hear of it who may have been shown it, by who follows its author at this moment. */
  async function tellOfDeletion(id: string, accountId: AccountId, wasPublic: boolean): Promise<void> {
    const some = audience.all();
    const ids = [...new Set(some.map((one) => one.accountId))];
    const fans = await deps.streaming.followersAmong(accountId, ids);
    const wants = ({ name }: Stream, listener: Listener) =>
      name !== 'user:notification' &&
      name !== 'video:comments' &&
      (wasPublic || ((name === 'user' || name === 'list') && fans.has(listener.accountId)));
    await audience.tell(some, wants, { event: 'delete', payload: id });
  }

  async function tellOfDeletedPost(
    id: string,
    { accountId, visibility }: z.output<typeof deletedPayload>,
    kind: 'video' | 'comment',
  ): Promise<void> {
    if (visibility === null || visibility === 'direct') return;
    await tellOfDeletion(id, accountId, kind === 'video' && visibility === 'public');
  }

  async function tellOfNotification(id: NotificationId, accountId: AccountId): Promise<void> {
    const some = audience.all().filter((one) => one.accountId === accountId);
    const found = some.length > 0 ? await deps.notifications.forViewer(id, accountId) : null;
    const [entity] = found ? await notificationEntitiesOf(deps, [found], accountId) : [];
    if (!entity) return;
    const isOurs = ownTypes.some((type) => type === entity.type);
    const told = some.filter(({ isApp }) => !(isApp && isOurs));
    const message: Message = { event: 'notification', payload: JSON.stringify(entity) };
    const wants = ({ name }: Stream) => name === 'user' || name === 'user:notification';
    await audience.tell(told, wants, message, 'read:notifications');
  }

  const announcements = createAnnouncementNews(deps, audience);

  async function handle({ name, payload }: CommittedEvent): Promise<void> {
    switch (name) {
      case 'video.published':
      case 'video.discovered':
        return tellOfVideo(videoPayload.parse(payload).videoId, 'update');
      case 'video.updated':
      case 'video.revised':
        return tellOfVideo(videoPayload.parse(payload).videoId, 'status.update');
      case 'video.deleted':
      case 'video.removed':
        return tellOfDeletedPost(videoPayload.parse(payload).videoId, deletedPayload.parse(payload), 'video');
      case 'comment.published':
        return tellOfComment(commentPayload.parse(payload).commentId, 'update');
      case 'comment.updated':
        return tellOfComment(commentPayload.parse(payload).commentId, 'status.update');
      case 'comment.hidden':
        return tellOfHiding(branchPayload.parse(payload));
      case 'comment.shown':
        return tellOfShowing(commentPayload.parse(payload).commentId);
      case 'comment.deleted': {
        const { commentId: id, videoId } = branchPayload.parse(payload);
        const deleted = deletedPayload.parse(payload);
        await tellOfDeletionBelow(videoId, id, deleted);
        return tellOfDeletedPost(id, deleted, 'comment');
      }
      case 'share.added':
        return tellOfShare(sharePayload.parse(payload));
      case 'share.removed': {
        const { shareId, accountId } = sharePayload.parse(payload);
        return shareId === null ? undefined : tellOfDeletion(shareId, accountId, false);
      }
      case 'notification.added': {
        const { notificationId, accountId } = notificationPayload.parse(payload);
        return tellOfNotification(notificationId, accountId);
      }
      case 'filters.changed': {
        const { accountId } = accountPayload.parse(payload);
        const mine = audience.all().filter((one) => one.accountId === accountId);
        const wants = ({ name }: Stream) => name === 'user';
        return audience.tell(mine, wants, { event: 'filters_changed', payload: '' });
      }
      case 'announcement.shown':
        return announcements.onShown(payload);
      case 'announcement.gone':
        return announcements.onGone(payload);
      case 'announcement.reacted':
        return announcements.onReacted(payload);
      default:
        return;
    }
  }
  return { handle };
}
