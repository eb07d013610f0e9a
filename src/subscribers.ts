import type { createFederationSide } from '../federation/index.ts';
import type { Subscribers } from './jobs/relay.ts';
import { accountEvents, type createFieldChecks, type Pictures } from './modules/accounts/index.ts';
import { announcementEvents } from './modules/announcements/index.ts';
import type { Archives } from './modules/archives/index.ts';
import type { Claims } from './modules/claims/index.ts';
import { commentEvents } from './modules/comments/index.ts';
import type { createDepartures } from './modules/departures/index.ts';
import { engagementEvents } from './modules/engagement/index.ts';
import type { Fasp } from './modules/fasp/index.ts';
import { filterEvents } from './modules/filters/index.ts';
import { instanceEvents } from './modules/instances/index.ts';
import { moderationEvents, type ReportDesk } from './modules/moderation/index.ts';
import { type Notifications, notificationEvents } from './modules/notifications/index.ts';
import { packEvents } from './modules/packs/index.ts';
import type { Push } from './modules/push/index.ts';
import { relayEvents } from './modules/relays/index.ts';
import { type Remixes, remixEvents } from './modules/remixes/index.ts';
import { signalHearing } from './modules/signals/index.ts';
import { type Social, socialEvents } from './modules/social/index.ts';
import type { Sounds } from './modules/sounds/index.ts';
import { type Videos, videoEvents } from './modules/videos/index.ts';

interface Parts {
  readonly videos: Videos;
  readonly departures: ReturnType<typeof createDepartures>;
  readonly archives: Archives;
  readonly social: Social;
  readonly notifications: Notifications;
  readonly push: Push;
  readonly pictures: Pictures;
  readonly fieldChecks: ReturnType<typeof createFieldChecks>;
  readonly federation: ReturnType<typeof createFederationSide>;
  readonly reportDesk: ReportDesk;
  readonly claims: Claims;
  readonly remixes: Remixes;
  readonly sounds: Sounds;
  readonly fasp: Fasp;
}

type EventName =
  | keyof typeof accountEvents
  | keyof typeof announcementEvents
  | keyof typeof commentEvents
  | keyof typeof engagementEvents
  | keyof typeof filterEvents
  | keyof typeof moderationEvents
  | keyof typeof instanceEvents
  | keyof typeof notificationEvents
  | keyof typeof packEvents
  | keyof typeof relayEvents
  | keyof typeof remixEvents
  | keyof typeof socialEvents
  | keyof typeof videoEvents;

/** Who takes which event of the outbox: the one table of it. New handlers stand at the end of their list, see `Subscribers`. */
export function createSubscribers(parts: Parts) {
  const { videos, departures, archives, social, notifications, push, pictures, fieldChecks } = parts;
  const { federation, reportDesk } = parts;
  const { bridge } = federation;
  const news = notifications.on;
  const shared = parts.fasp.on;
  return {
    'account.registered': {
      schema: accountEvents['account.registered'],
      handlers: [news.onRegistered, signalHearing.onAccount, shared.onAccount],
    },
    'account.updated': {
      schema: accountEvents['account.updated'],
      handlers: [
        ...[bridge.onAccountUpdated, fieldChecks.onAccountUpdated, signalHearing.onAccount],
        shared.onAccountChanged,
      ],
    },
    'account.rekeyed': {
      schema: accountEvents['account.rekeyed'],
      handlers: [bridge.onAccountRekeyed],
    },
    'account.gone': {
      schema: accountEvents['account.gone'],
      handlers: [departures.onEnded, pictures.onGone, signalHearing.onAccountGone, shared.onAccount],
    },
    'account.deleted': {
      schema: accountEvents['account.deleted'],
      // The bridge first: it has to know who followed.
      handlers: [
        bridge.onAccountDeleted,
        departures.onEnded,
        pictures.onGone,
        archives.onEnded,
        signalHearing.onAccountGone,
        shared.onAccount,
      ],
    },
    'account.moved': {
      schema: accountEvents['account.moved'],
      handlers: [bridge.onAccountMoved, departures.onMoved, shared.onAccount],
    },
    // For those alone who listen: every process is told of it.
    'announcement.shown': { schema: announcementEvents['announcement.shown'], handlers: [] },
    'announcement.gone': { schema: announcementEvents['announcement.gone'], handlers: [] },
    'announcement.reacted': { schema: announcementEvents['announcement.reacted'], handlers: [] },
    'filters.changed': { schema: filterEvents['filters.changed'], handlers: [] },
    'pack.members-added': { schema: packEvents['pack.members-added'], handlers: [news.onPacked] },
    'follow.requested': {
      schema: socialEvents['follow.requested'],
      handlers: [bridge.onFollowRequested, news.onFollow],
    },
    'follow.accepted': {
      schema: socialEvents['follow.accepted'],
      handlers: [
        bridge.onFollowAccepted,
        federation.reading.onFollowAccepted,
        videos.onFollowed,
        news.onFollow,
        signalHearing.onFollow,
      ],
    },
    'follow.rejected': {
      schema: socialEvents['follow.rejected'],
      handlers: [bridge.onFollowRejected, news.onFollowEnded, signalHearing.onFollowEnded],
    },
    'follow.undone': {
      schema: socialEvents['follow.undone'],
      handlers: [bridge.onFollowUndone, news.onFollowEnded, signalHearing.onFollowEnded],
    },
    'block.added': {
      schema: socialEvents['block.added'],
      handlers: [bridge.onBlockAdded, news.onBlocked, signalHearing.onBlock],
    },
    'block.removed': {
      schema: socialEvents['block.removed'],
      handlers: [bridge.onBlockRemoved, signalHearing.onBlockEnded],
    },
    'domain.blocked-by-account': {
      schema: socialEvents['domain.blocked-by-account'],
      handlers: [social.onDomainBlocked],
    },
    'domain.suspended': {
      schema: instanceEvents['domain.suspended'],
      handlers: [(tx, { domain }) => social.dropAllOfSuspended(tx, domain)],
    },
    'domain.lifted': {
      schema: instanceEvents['domain.lifted'],
      handlers: [videos.onDomainLifted, social.onDomainLifted],
    },
    'domain.follows-return': {
      schema: socialEvents['domain.follows-return'],
      handlers: [social.onDomainLifted],
    },
    'video.received': { schema: videoEvents['video.received'], handlers: [videos.onReceived] },
    'video.published': {
      schema: videoEvents['video.published'],
      handlers: [
        ...[bridge.onVideoPublished, news.onVideoPublished, signalHearing.onVideo],
        ...[bridge.onRemixPublished, news.onRemix, shared.onVideo],
      ],
    },
    'video.awaits-consent': {
      schema: videoEvents['video.awaits-consent'],
      handlers: [parts.remixes.onAwaitsConsent],
    },
    'video.rejected': { schema: videoEvents['video.rejected'], handlers: [news.onVideoRejected] },
    'video.heard': {
      schema: videoEvents['video.heard'],
      handlers: [signalHearing.onVideo, parts.sounds.onHeard],
    },
    'video.captioned': { schema: videoEvents['video.captioned'], handlers: [bridge.onVideoCaptioned] },
    'video.updated': {
      schema: videoEvents['video.updated'],
      handlers: [bridge.onVideoUpdated, news.onVideoEdited, signalHearing.onVideo, shared.onVideoChanged],
    },
    'video.revised': {
      schema: videoEvents['video.revised'],
      handlers: [news.onVideoEdited, signalHearing.onVideo, shared.onVideoChanged],
    },
    'video.pinned': { schema: videoEvents['video.pinned'], handlers: [bridge.onVideoPinned] },
    'video.discovered': {
      schema: videoEvents['video.discovered'],
      handlers: [
        ...[{ all: videos.onDiscovered }, news.onVideoDiscovered, signalHearing.onVideo],
        ...[{ all: parts.remixes.onDiscovered }, shared.onVideo, { all: parts.sounds.onDiscovered }],
      ],
    },
    'video.deleted': {
      schema: videoEvents['video.deleted'],
      handlers: [videos.onDeleted, bridge.onVideoDeleted, signalHearing.onVideoDeleted, shared.onVideo],
    },
    'comment.published': {
      schema: commentEvents['comment.published'],
      handlers: [bridge.onCommentPublished, news.onCommentPublished, signalHearing.onComment],
    },
    'comment.updated': { schema: commentEvents['comment.updated'], handlers: [bridge.onCommentUpdated] },
    // For those alone who have the comments open: every process is told of it.
    'comment.hidden': { schema: commentEvents['comment.hidden'], handlers: [] },
    'comment.shown': { schema: commentEvents['comment.shown'], handlers: [] },
    'comment.deleted': {
      schema: commentEvents['comment.deleted'],
      handlers: [bridge.onCommentDeleted, signalHearing.onCommentDeleted],
    },
    'like.added': {
      schema: engagementEvents['like.added'],
      handlers: [bridge.onLikeAdded, videos.onLiked, news.onLiked, signalHearing.onLike],
    },
    'like.removed': {
      schema: engagementEvents['like.removed'],
      handlers: [bridge.onLikeRemoved, news.onUnliked, signalHearing.onLikeRemoved],
    },
    'share.added': {
      schema: engagementEvents['share.added'],
      handlers: [bridge.onShareAdded, videos.onShared, videos.onLiked, news.onShared, signalHearing.onShare],
    },
    'share.removed': {
      schema: engagementEvents['share.removed'],
      handlers: [bridge.onShareRemoved, news.onUnshared, signalHearing.onShareRemoved],
    },
    'relay.added': { schema: relayEvents['relay.added'], handlers: [bridge.onRelayAdded] },
    'relay.removed': { schema: relayEvents['relay.removed'], handlers: [bridge.onRelayRemoved] },
    'remix.settled': {
      schema: remixEvents['remix.settled'],
      handlers: [bridge.onRemixSettled, news.onRemix],
    },
    'remix.asked': { schema: remixEvents['remix.asked'], handlers: [bridge.onRemixAsked] },
    'remix.requested': { schema: remixEvents['remix.requested'], handlers: [news.onRemixRequested] },
    'remix.answered': { schema: remixEvents['remix.answered'], handlers: [bridge.onRemixAnswered] },
    'remix.revoked': { schema: remixEvents['remix.revoked'], handlers: [bridge.onRemixRevoked] },
    'report.filed': {
      schema: moderationEvents['report.filed'],
      handlers: [
        ...[bridge.onReportFiled, news.onReported, signalHearing.onReport],
        reportDesk.sheets.onFiled,
      ],
    },
    'report.decided': {
      schema: moderationEvents['report.decided'],
      handlers: [news.onReportDecided],
    },
    'report.forwarded': {
      schema: moderationEvents['report.forwarded'],
      handlers: [bridge.onReportForwarded],
    },
    'measure.taken': { schema: moderationEvents['measure.taken'], handlers: [news.onMeasure] },
    'measure.lifted': {
      schema: moderationEvents['measure.lifted'],
      handlers: [parts.claims.onMeasureLifted],
    },
    'account.suspended': {
      schema: moderationEvents['account.suspended'],
      handlers: [bridge.onAccountSuspension, shared.onAccount],
    },
    'account.unsuspended': {
      schema: moderationEvents['account.unsuspended'],
      handlers: [bridge.onAccountSuspension, shared.onAccount],
    },
    'account.purged': {
      schema: moderationEvents['account.purged'],
      handlers: [departures.onEnded, pictures.onGone, signalHearing.onAccountGone],
    },
    'video.removed': {
      schema: moderationEvents['video.removed'],
      handlers: [bridge.onVideoDeleted, signalHearing.onVideoDeleted, shared.onVideo],
    },
    'video.muted': { schema: moderationEvents['video.muted'], handlers: [videos.onMuted] },
    'video.restored': {
      schema: moderationEvents['video.restored'],
      handlers: [bridge.onVideoRestored, signalHearing.onVideo, shared.onVideo],
    },
    'notification.added': {
      schema: notificationEvents['notification.added'],
      handlers: [push.on.onNotified],
    },
  } satisfies Record<EventName, Subscribers[string]>;
}
