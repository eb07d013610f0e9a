import type { ServerResponse } from 'node:http';
import type {
  FeedSettings,
  GroupedNotifications,
  NotificationPolicy,
  OwnStorage,
  Releases,
} from '../../web/src/api/schema.gen.ts';

const noNotifications: GroupedNotifications = { accounts: [], statuses: [], notification_groups: [] };

const policy: NotificationPolicy = {
  ...{ for_not_following: 'accept', for_not_followers: 'accept', for_new_accounts: 'accept' },
  ...{ for_private_mentions: 'accept', for_limited_accounts: 'accept', muted_types: [] },
  summary: { pending_requests_count: 0, pending_notifications_count: 0 },
};

const wishes: FeedSettings = {
  ...{ history_paused: false, for_you_list: false, personal: true, sliders: {} },
  ...{ interests: [], languages: [] },
};

const newest: Releases = {
  ...{ version: '0.1.0', schema: { newest: null, from_newer: false }, watched: false },
  ...{ checked_at: null, last_error: null, newest: null },
};

const room: OwnStorage = { max_bytes: null, source: 'server', used_bytes: 0 };

/** What a fake server says of an empty inbox, and to somebody who is new: the pages of these are tested on a real one. */
export const fakeInboxRoutes: readonly [pattern: RegExp, answer: () => unknown][] = [
  [/^GET \/api\/v2\/notifications\/unread_count$/, () => ({ count: 0 })],
  [/^GET \/api\/v2\/notifications\/policy$/, () => policy],
  [/^GET \/api\/v2\/notifications$/, () => noNotifications],
  [/^(?:GET|POST) \/api\/v1\/markers$/, () => ({})],
  [/^GET \/api\/v1\/follow_requests$/, () => []],
  [/^GET \/api\/v1\/notifications\/requests$/, () => []],
  [/^(?:GET|PATCH) \/api\/v1\/feed_settings$/, () => wishes],
  [/^GET \/api\/v1\/trends\/(?:tags|creators)$/, () => []],
  [/^GET \/api\/v1\/announcements$/, () => []],
  [/^GET \/api\/v1\/studio\/storage$/, () => room],
  [/^GET \/api\/v1\/admin\/releases$/, () => newest],
  [/^GET \/api\/v2\/suggestions$/, () => []],
  [/^GET \/api\/v1\/directory$/, () => []],
  [/^GET \/api\/v1\/packs$/, () => []],
  [/^GET \/api\/v1\/accounts\/\d+\/(?:packs|featured_tags)$/, () => []],
];

/** A stream that is open and tells nothing. False for other paths. */
export function answerStream(response: ServerResponse, path: string): boolean {
  if (!path.startsWith('/api/v1/streaming/')) return false;
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':)\n\n');
  return true;
}
