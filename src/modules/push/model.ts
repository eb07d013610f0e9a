import type { AccountId, PushSubscriptionId, SessionId } from '../../lib/ids.ts';
import { type NotificationType, notificationTypes } from '../notifications/index.ts';

/** Of whom somebody wants to be told by push. */
export const pushPolicies = ['all', 'followed', 'follower', 'none'] as const;
export type PushPolicy = (typeof pushPolicies)[number];

/** What of all that is told is pushed as well. */
export interface PushChoice {
  readonly alerts: readonly NotificationType[];
  readonly policy: PushPolicy;
}

/** Where an app wants to be told while it is closed. */
export interface PushSubscription extends PushChoice {
  readonly id: PushSubscriptionId;
  readonly sessionId: SessionId;
  readonly accountId: AccountId;
  readonly endpoint: string;
  /** The keys of the app, base64url: messages are encrypted for it, and its service cannot read them. */
  readonly p256dh: string;
  readonly auth: string;
  /** RFC 8291 (`aes128gcm`); else its draft (`aesgcm`), which apps of older libraries read. */
  readonly standard: boolean;
}

/** Row to model. */
export function subscriptionFromRow(row: {
  readonly id: PushSubscriptionId;
  readonly session_id: SessionId;
  readonly account_id: AccountId;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly standard: boolean;
  readonly alerts: readonly string[];
  readonly policy: PushPolicy;
}): PushSubscription {
  const { id, endpoint, p256dh, auth, standard, alerts, policy } = row;
  return {
    ...{ id, sessionId: row.session_id, accountId: row.account_id },
    ...{ endpoint, p256dh, auth, standard, policy },
    alerts: notificationTypes.filter((type) => alerts.includes(type)),
  };
}
