import { request } from '../api/client.ts';
import type {
  GroupedNotifications,
  Marker,
  NotificationPolicy,
  NotificationRequest,
  RemixRequest,
} from '../api/schema.gen.ts';
import type { Account, Relationship } from '../api/types.ts';

/** Groups of one page. */
export const pageGroups = 20;

interface GroupsPage {
  /** None: all. */
  readonly types: readonly string[];
  readonly maxId?: string | undefined;
}

/** Calls of the inbox. */
export const inboxCalls = {
  groups({ types, maxId }: GroupsPage) {
    const query = new URLSearchParams(types.map((type) => ['types[]', type]));
    query.append('limit', String(pageGroups));
    if (maxId !== undefined) query.append('max_id', maxId);
    return request<GroupedNotifications>('GET', `/api/v2/notifications?${query}`);
  },
  accountsOf: (key: string) =>
    request<Account[]>('GET', `/api/v2/notifications/${encodeURIComponent(key)}/accounts?limit=80`),
  policy: () => request<NotificationPolicy>('GET', '/api/v2/notifications/policy'),
  marker: () =>
    request<{ readonly notifications?: Marker }>('GET', '/api/v1/markers?timeline[]=notifications'),
  setMarker: (id: string) =>
    request<object>('POST', '/api/v1/markers', { notifications: { last_read_id: id } }),

  /** Who asks to follow; the newest first. */
  followRequests: (next: string | null) =>
    request<Account[]>('GET', next ?? '/api/v1/follow_requests?limit=40'),
  answerFollow: (id: string, answer: 'authorize' | 'reject') =>
    request<Relationship>('POST', `/api/v1/follow_requests/${id}/${answer}`),

  /** Duets and stitches that wait for the viewer; the newest first. */
  remixRequests: (next: string | null) =>
    request<RemixRequest[]>('GET', next ?? '/api/v1/remix_requests?limit=40'),
  answerRemix: (id: string, answer: 'allow' | 'refuse') =>
    request<object>('POST', `/api/v1/remix_requests/${encodeURIComponent(id)}/${answer}`),

  /** People whose notifications were set aside. */
  setAside: (next: string | null) =>
    request<NotificationRequest[]>('GET', next ?? '/api/v1/notifications/requests?limit=40'),
  answerSetAside: (id: string, answer: 'accept' | 'dismiss') =>
    request<object>('POST', `/api/v1/notifications/requests/${id}/${answer}`),
};
