import { request } from '../api/client.ts';
import { announcementEvents, toldOfAnnouncements } from './announcements.ts';
import { news, unread, unreadMost } from './inbox.ts';

const STREAM = '/api/v1/streaming/user/notification';
/** How often it is asked where nothing can be listened to. */
const POLL_MS = 60_000;
/** What comes within this long is asked about once. */
const TOGETHER_MS = 200;

/** Asks how much there is that was not read. */
export async function countUnread(): Promise<void> {
  const outcome = await request<{ readonly count: number }>(
    'GET',
    `/api/v2/notifications/unread_count?limit=${unreadMost + 1}`,
  );
  if (outcome.ok) unread.value = outcome.value.count;
}

/**
 * Keeps `unread` true until the returned function is called. Listening takes one of the few connections that a browser has
 * for a server, so it is done only while the page is looked at; coming back, and each new connection, is a reason to count.
 */
export function watchInbox(): () => void {
  let events: EventSource | null = null;
  let counting: ReturnType<typeof setTimeout> | undefined;
  const count = () => {
    clearTimeout(counting);
    counting = setTimeout(countUnread, TOGETHER_MS);
  };
  const leave = () => {
    events?.close();
    events = null;
  };
  const listen = () => {
    if (document.visibilityState !== 'visible') return leave();
    if (events && events.readyState !== EventSource.CLOSED) return;
    events = new EventSource(STREAM);
    // Also after a connection was lost: what happened meanwhile was not told.
    events.addEventListener('open', () => {
      news.value += 1;
      toldOfAnnouncements.value = { name: 'opened', data: '' };
      count();
    });
    for (const name of announcementEvents) {
      events.addEventListener(name, ({ data }) => {
        toldOfAnnouncements.value = { name, data: String(data) };
      });
    }
    events.addEventListener('notification', () => {
      news.value += 1;
      count();
    });
    events.addEventListener('error', () => {
      // The browser comes back by itself after a lost connection, but not after a refusal.
      if (events?.readyState === EventSource.CLOSED) count();
    });
  };
  const timer = setInterval(listen, POLL_MS);
  document.addEventListener('visibilitychange', listen);
  listen();
  return () => {
    clearInterval(timer);
    clearTimeout(counting);
    document.removeEventListener('visibilitychange', listen);
    leave();
    unread.value = 0;
  };
}
