import { notificationLimits } from '../../../config/live-limits.ts';
import type {
  AccountId,
  CommentId,
  MeasureId,
  NotificationId,
  PackId,
  ReportId,
  VideoId,
} from '../../lib/ids.ts';

/**
 * What one can be told of: the types of the Mastodon API, and some of our own, which its apps are told of only where they
 * ask for them, since they would count what they cannot show: an upload can be watched, or was refused, a report was looked
 * at, somebody put one into a starter pack, somebody asks for leave to make a duet or a stitch of a video, or that was not
 * given or taken back, the server itself needs whoever looks after it.
 */
export const notificationTypes = [
  ...['mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'update', 'quote'],
  ...[
    'admin.sign_up',
    'admin.report',
    'admin.upkeep',
    'moderation_warning',
    'vireo.published',
    'vireo.rejected',
    'vireo.report',
    'vireo.pack',
    'vireo.remix_request',
    'vireo.remix_refused',
  ],
] as const satisfies readonly string[];
export type NotificationType =
  | ('mention' | 'status' | 'reblog' | 'follow' | 'follow_request' | 'favourite' | 'update' | 'quote')
  | ('admin.sign_up' | 'admin.report' | 'admin.upkeep' | 'moderation_warning' | 'vireo.published')
  | ('vireo.rejected' | 'vireo.report' | 'vireo.pack' | 'vireo.remix_request' | 'vireo.remix_refused');

/** Those of our own. */
export const ownTypes = [
  ...(['vireo.published', 'vireo.rejected', 'vireo.report', 'vireo.pack', 'admin.upkeep'] as const),
  ...(['vireo.remix_request', 'vireo.remix_refused'] as const),
] as const satisfies readonly NotificationType[];

/** About a video of one's own that may be seen by nobody else. */
export const typesOfUnseen: readonly NotificationType[] = ['vireo.rejected', 'vireo.remix_refused'];

/** What of mentions can be turned off by itself: what is said below one’s own videos, and answers to one’s own comments. */
export const mentionKinds = ['vireo.comment', 'vireo.reply'] as const;

/** What can be turned off. */
export const mutableTypes = [...notificationTypes, ...mentionKinds] as const;
export type MutableType = (typeof mutableTypes)[number];

/** Types whose notifications are shown as one where there are many. */
export const groupedTypes: readonly NotificationType[] = ['favourite', 'reblog', 'follow', 'admin.sign_up'];

/** One thing that somebody is told of. */
export interface Notification {
  readonly id: NotificationId;
  readonly type: NotificationType;
  readonly fromId: AccountId;
  readonly videoId: VideoId | null;
  readonly commentId: CommentId | null;
  readonly reportId: ReportId | null;
  readonly measureId: MeasureId | null;
  readonly packId: PackId | null;
  readonly groupKey: string;
  readonly createdAt: Date;
}

/** Notifications about one thing within a while, as one. */
export interface NotificationGroup {
  readonly groupKey: string;
  readonly count: number;
  /** Of the whole group within the page. */
  readonly oldestId: NotificationId;
  readonly newest: Notification;
  /** The newest first, and not all where there are many. */
  readonly sampleIds: readonly AccountId[];
}

/** What somebody may hear of, before it is known whether she wants to. */
export interface News {
  readonly accountId: AccountId;
  readonly type: NotificationType;
  readonly fromId: AccountId;
  readonly videoId?: VideoId | null;
  readonly commentId?: CommentId | null;
  readonly reportId?: ReportId | null;
  readonly measureId?: MeasureId | null;
  readonly packId?: PackId | null;
  /** Nobody hears of one subject twice. */
  readonly subject: string;
}

/** The group that a notification of this moment belongs to; of types that are not grouped, each is its own. */
export function groupKeyOf({ type, videoId, commentId, subject }: News, now: number): string {
  if (!groupedTypes.includes(type)) return `ungrouped-${subject}`;
  const about = videoId ?? commentId;
  const span = Math.floor(now / notificationLimits.groupMs);
  return [type, ...(about ? [about] : []), span].join('-');
}

export interface NotificationRow {
  readonly id: NotificationId;
  readonly type: NotificationType;
  readonly from_account_id: AccountId;
  readonly video_id: VideoId | null;
  readonly comment_id: CommentId | null;
  readonly report_id: ReportId | null;
  readonly measure_id: MeasureId | null;
  readonly pack_id: PackId | null;
  readonly group_key: string;
  readonly created_at: Date;
}

/** Row to model. */
export function notificationFromRow(row: NotificationRow): Notification {
  return {
    id: row.id,
    type: row.type,
    fromId: row.from_account_id,
    videoId: row.video_id,
    commentId: row.comment_id,
    reportId: row.report_id,
    measureId: row.measure_id,
    packId: row.pack_id,
    groupKey: row.group_key,
    createdAt: row.created_at,
  };
}

/** What becomes of notifications of some kind: told, set aside, or not made at all. */
export const policyActions = ['accept', 'filter', 'drop'] as const;
export type PolicyAction = (typeof policyActions)[number];

/** Of whom somebody does not want to hear, and of what. */
export interface NotificationPolicy {
  readonly notFollowing: PolicyAction;
  readonly notFollowers: PolicyAction;
  readonly newAccounts: PolicyAction;
  readonly privateMentions: PolicyAction;
  readonly limitedAccounts: PolicyAction;
  readonly mutedTypes: readonly MutableType[];
}
