import type { GroupedNotifications } from '../src/api/schema.gen.ts';
import { box } from '../src/device/box.ts';
import type { ToPage } from '../src/device/names.ts';
import { entryOf, noticeOf, readPushed } from '../src/device/notice.ts';
import { speak } from '../src/i18n/say.ts';
import { entriesOf } from '../src/inbox/entries.ts';

/** Enough to find the one that was pushed, also where several come at once. */
const LATEST = '/api/v2/notifications?limit=5';
const UNREAD = '/api/v2/notifications/unread_count?limit=100';

/** Shows what was pushed: as the inbox tells it, in the language of the page; where that cannot be asked for, as it came. */
export async function tell(worker: ServiceWorkerGlobalScope, text: string): Promise<void> {
  const pushed = readPushed(text);
  const [groups, words, owner = '', server = ''] = await Promise.all([
    asked<GroupedNotifications>(LATEST),
    box.get('words'),
    box.get('owner'),
    box.get('server'),
    showCount(worker),
  ]);
  if (words) speak(words.language, words.translation);
  const entry = groups && entryOf(pushed, entriesOf(groups));
  const { title, ...options } = noticeOf(pushed, entry, { owner, server });
  await worker.registration.showNotification(title, {
    ...options,
    lang: words?.language ?? 'en',
    badge: '/app/icons/silhouette-96.png',
  });
}

async function showCount({ navigator }: ServiceWorkerGlobalScope): Promise<void> {
  if (!('setAppBadge' in navigator)) return;
  const unread = await asked<{ readonly count: number }>(UNREAD);
  if (unread) await navigator.setAppBadge(unread.count).catch(() => undefined);
}

async function asked<T>(path: string): Promise<T | undefined> {
  try {
    const response = await fetch(path);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** Goes to what a notification is about: in a page that is open already, or else in a new one. */
export async function open({ clients }: ServiceWorkerGlobalScope, notification: Notification): Promise<void> {
  notification.close();
  const path = String(notification.data ?? '/inbox');
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find((one) => one.visibilityState === 'visible') ?? pages[0];
  if (!page) return void (await clients.openWindow(path));
  // By itself, and not by loading it anew: an upload may be under way there.
  page.postMessage({ type: 'open', path } satisfies ToPage);
  await page.focus().catch(() => undefined);
}
