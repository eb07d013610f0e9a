import { type ApiOutcome, request } from '../api/client.ts';
import type { NotificationGroup, WebPushSubscription } from '../api/schema.gen.ts';

const PATH = '/api/v1/push/subscription';

export type Alert = NotificationGroup['type'];
export type Alerts = Readonly<Partial<Record<Alert, boolean>>>;
/** As the server answers it. */
export interface Subscription extends Omit<WebPushSubscription, 'alerts'> {
  readonly alerts: Alerts;
}

/** What people are told of who say no more than that they want to be told. */
export const usualAlerts: Alerts = {
  ...{ mention: true, follow: true, follow_request: true, favourite: true, reblog: true },
  ...{ status: true, 'vireo.published': true, 'vireo.rejected': true },
};

/** Whether this browser can tell somebody something while the page is closed. */
export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const calls = {
  get: () => request<Subscription>('GET', PATH),
  set: (subscription: PushSubscription, alerts: Alerts) => {
    const { endpoint, keys } = subscription.toJSON();
    return request<Subscription>('POST', PATH, {
      // As browsers read messages (RFC 8291).
      subscription: { endpoint, keys, standard: true },
      data: { alerts },
    });
  },
  change: (alerts: Alerts) => request<Subscription>('PUT', PATH, { data: { alerts } }),
  end: () => request<object>('DELETE', PATH),
};

const managerOf = async (): Promise<PushManager | undefined> =>
  canPush() ? (await navigator.serviceWorker.getRegistration())?.pushManager : undefined;

/** Of what this device is told; null: of nothing. What the server knows does not count where the browser has forgotten it. */
export async function pushOfDevice(): Promise<ApiOutcome<Subscription | null>> {
  const own = await (await managerOf())?.getSubscription();
  if (!own || Notification.permission !== 'granted') return { ok: true, value: null };
  const outcome = await calls.get();
  return !outcome.ok && outcome.status === 404 ? { ok: true, value: null } : outcome;
}

/** Why notifications are not there: somebody said no, or the browser could not. */
export type PushRefusal = 'denied' | 'failed';

/** Has this device told, after asking its owner. Called by a press: browsers ask for nothing else. */
export async function beginPush(key: string): Promise<ApiOutcome<Subscription> | PushRefusal> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const subscription = await subscribe(key);
  return subscription ? calls.set(subscription, usualAlerts) : 'failed';
}

async function subscribe(applicationServerKey: string): Promise<PushSubscription | null> {
  const manager = await managerOf();
  try {
    return (await manager?.subscribe({ userVisibleOnly: true, applicationServerKey })) ?? null;
  } catch {
    return null;
  }
}

export const changeAlerts = calls.change;

/** Ends it here and on the server. */
export async function stopPush(): Promise<ApiOutcome<object>> {
  await endPush();
  return calls.end();
}

/** Ends it here. The server ends it with the session. */
export async function endPush(): Promise<void> {
  const subscription = await (await managerOf())?.getSubscription();
  await subscription?.unsubscribe().catch(() => false);
}

/** Browsers change the address of a subscription at times: the server learns of it when the page is opened next. */
export async function renewPush(): Promise<void> {
  const own = await (await managerOf())?.getSubscription();
  if (!own) return;
  const known = await calls.get();
  if (known.ok && known.value.endpoint !== own.endpoint) await calls.set(own, known.value.alerts);
}
