import webPush from 'web-push';
import { pushLimits } from '../../../config/live-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { JobPayload, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, NotificationId, PushSubscriptionId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type Auth, allows } from '../auth/index.ts';
import type { Notification, Notifications } from '../notifications/index.ts';
import { quietAmong } from '../staff/index.ts';
import { type MessageDeps, messageOf } from './message.ts';
import { type PushSubscription, subscriptionFromRow } from './model.ts';
import type { VapidKeys } from './vapid.ts';

export interface SendingDeps extends MessageDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly notifications: Notifications;
  readonly auth: Pick<Auth, 'aliveAmong'>;
  readonly request: SafeFetch['request'];
  readonly keys: VapidKeys;
}

/** A job for each app that wants to be told of one of these. News for the staff waits until their quiet hours are over. */
export async function enqueuePushes(
  { enqueue, clock }: Pick<SendingDeps, 'enqueue' | 'clock'>,
  tx: Tx,
  events: readonly { readonly notificationId: NotificationId }[],
): Promise<void> {
  const follows = (from: string, to: string) =>
    tx('follows')
      .select('follows.id')
      .whereRaw('follows.follower_id = ?? and follows.target_id = ??', [from, to])
      .where('follows.state', 'accepted');
  const [me, other] = ['notifications.account_id', 'notifications.from_account_id'];
  const rows: WantedRow[] = await tx('notifications')
    .join('push_subscriptions', 'push_subscriptions.account_id', 'notifications.account_id')
    .whereIn(
      'notifications.id',
      events.map(({ notificationId }) => notificationId),
    )
    .whereRaw('notifications.type = any(push_subscriptions.alerts)')
    .where((wanted) =>
      wanted
        .where('push_subscriptions.policy', 'all')
        .orWhere((mine) =>
          mine.whereNot('push_subscriptions.policy', 'none').whereRaw('?? = ??', [me, other]),
        )
        .orWhere((some) =>
          some.where('push_subscriptions.policy', 'followed').whereExists(follows(me, other)),
        )
        .orWhere((some) =>
          some.where('push_subscriptions.policy', 'follower').whereExists(follows(other, me)),
        ),
    )
    .orderBy(['notifications.id', 'push_subscriptions.id'])
    .select('push_subscriptions.id as subscriptionId', 'notifications.id as notificationId')
    .select('notifications.account_id', 'notifications.type')
    // What cannot wait: the server needs somebody, or a report names the law.
    .select(
      tx.raw(`notifications.type = 'admin.upkeep' or coalesce((select category = 'legal' from reports
        where reports.id = notifications.report_id), false) as "isUrgent"`),
    );
  const forStaff = rows.filter(({ type }) => type.startsWith('admin.'));
  const quiet = await quietAmong(tx, [...new Set(forStaff.map((row) => row.account_id))], clock.now());
  await enqueue(
    tx,
    rows.map(({ subscriptionId, notificationId, account_id: accountId, type, isUrgent }) => {
      const job = { name: 'push.send' as const, payload: { subscriptionId, notificationId } };
      const rest = type.startsWith('admin.') ? quiet.get(accountId) : undefined;
      if (!rest || (isUrgent && rest.urgent))
        return { ...job, key: `push.send:${subscriptionId}:${notificationId}` };
      // One for the whole night: the rest is found when the app is opened.
      return { ...job, key: `push.send:${subscriptionId}:quiet`, runAt: rest.until };
    }),
  );
}

interface WantedRow {
  readonly subscriptionId: PushSubscriptionId;
  readonly notificationId: NotificationId;
  readonly account_id: AccountId;
  readonly type: string;
  readonly isUrgent: boolean;
}

/**
 * Pushes one notification to one app: only where the session of the app is still alive and may be pushed to, and its
 * owner may see what it tells of at this moment (security.md P1, P6). What the service of the app refuses for good ends
 * the subscription; what fails is tried again a few times, and then left: the app finds it when it is opened. Throws to
 * be tried again.
 */
export async function sendPush(
  deps: SendingDeps,
  { subscriptionId, notificationId }: JobPayload<'push.send'>,
  run: JobRun,
): Promise<undefined> {
  const row = await deps.db('push_subscriptions').where({ id: subscriptionId }).first();
  if (!row) return;
  const subscription = subscriptionFromRow(row);
  const scopes = (await deps.auth.aliveAmong([subscription.sessionId])).get(subscription.sessionId);
  if (!scopes || !allows(scopes, 'push')) return;
  const notification = await deps.notifications.forViewer(notificationId, subscription.accountId);
  if (!notification || isOld(deps, notification)) return;
  const message = await messageOf(deps, notification, subscription.accountId);
  if (message === null) return;
  const outcome = await post(deps, subscription, message, run.signal);
  if (outcome === 'taken') return;
  if (outcome === 'refused') {
    deps.log.info({ host: new URL(subscription.endpoint).host }, 'a push service ended a subscription');
    await deps.inTx(async (tx) => {
      await tx('push_subscriptions').where({ id: subscriptionId }).delete();
    });
    return;
  }
  run.signal.throwIfAborted();
  if (!run.lastAttempt) throw new Error(`The push service did not take a message: ${outcome}.`);
  deps.log.info({ host: new URL(subscription.endpoint).host, outcome }, 'a message could not be pushed');
}

function isOld({ clock }: SendingDeps, { createdAt }: Notification): boolean {
  return createdAt.getTime() < clock.now() - pushLimits.newsMs;
}

/** No address that may be used, or one that leads elsewhere: subscriptions name the service itself. */
const NEVER: ReadonlySet<string> = new Set(['blocked-address', 'blocked-url', 'too-many-redirects']);

/** `taken`, `refused` for good, or why another try may help. */
async function post(
  { keys, urls, request }: SendingDeps,
  { endpoint, p256dh, auth, standard }: PushSubscription,
  message: string,
  signal: AbortSignal,
): Promise<string> {
  const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, message, {
    // A contact that every service takes (RFC 8292, section 2.1).
    vapidDetails: { subject: `https://${urls.domain}/`, ...keys },
    TTL: pushLimits.ttlSeconds,
    contentEncoding: standard ? 'aes128gcm' : 'aesgcm',
  });
  // The length is counted when it is sent.
  const { 'Content-Length': _, ...rest } = headers;
  const answer = await request({
    ...{ method: 'POST', url: endpoint, body, signal, maxRedirects: 0, discardBody: true },
    headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    deadlineMs: pushLimits.deadlineMs,
  });
  if (!answer.ok) return NEVER.has(answer.reason) ? 'refused' : answer.reason;
  const { status } = answer;
  if (status >= 200 && status < 300) return 'taken';
  const mayRecover = status === 408 || status === 429 || status >= 500;
  return mayRecover ? `status ${status}` : 'refused';
}
