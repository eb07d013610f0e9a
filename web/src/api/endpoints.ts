import { type ApiOutcome, deliver, mention, request } from './client.ts';
import type { CredentialAccount, FeedStatuses, Instance, Relationship, Status } from './types.ts';

/** Clips of one page of a feed, of which one is watched at a time. */
const feedPageSize = 10;

type FeedType = 'for_you' | 'following' | 'local' | 'federated';

export function withQuery(path: string, query: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.append(name, value);
  return `${path}?${search}`;
}

/** The calls of the server's API that the first load makes or is ready for; others are in `other-endpoints.ts`, and with the parts they belong to. */
export const api = {
  instance: () => request<Instance>('GET', '/api/v2/instance'),
  signOut: () => request<object>('DELETE', '/api/v1/sessions/current'),
  me: () => request<CredentialAccount>('GET', '/api/v1/accounts/verify_credentials'),
  relationships: (ids: readonly string[]) =>
    request<Relationship[]>(
      'GET',
      `/api/v1/accounts/relationships?${new URLSearchParams(ids.map((id) => ['id[]', id]))}`,
    ),
  follow: (id: string) => request<Relationship>('POST', `/api/v1/accounts/${id}/follow`),
  unfollow: (id: string) => request<Relationship>('POST', `/api/v1/accounts/${id}/unfollow`),
  /** The first page of For You may stand in the page that the server sent: by this very path. */
  feed: (type: FeedType, cursor: string | undefined) =>
    request<FeedStatuses>(
      'GET',
      withQuery('/api/v1/feed_statuses', { feed_type: type, limit: String(feedPageSize), cursor }),
    ),
  clip: (id: string) => request<Status>('GET', `/api/v1/statuses/${encodeURIComponent(id)}`),
} satisfies Record<string, (...args: never[]) => Promise<ApiOutcome<unknown>>>;

/** What happened in a playback. */
export interface WatchEvent {
  readonly id: string;
  readonly video_id: string;
  readonly type: 'view' | 'watch' | 'complete' | 'skip';
  readonly watched_seconds: number;
  readonly at: string;
  readonly source: FeedType | 'profile' | 'tag' | 'search' | 'video' | 'other';
  /** Which 64ths of the clip were watched: 16 hexadecimal digits, the lowest bit for the first of them. */
  readonly mask?: string;
}

/** Tells what was watched. False where it has to be told again. */
export const reportWatched = (events: readonly WatchEvent[]): Promise<boolean> =>
  deliver('/api/v1/events', { events });

/** The same from a page that is being left, where nobody learns what becomes of it. False where the browser takes no more just now. */
export const reportWatchedLast = (events: readonly WatchEvent[]): boolean =>
  navigator.sendBeacon('/api/v1/events', JSON.stringify({ events }));

/** Asks for the sizes of a clip that are made at first demand only. */
export const askForSizes = (id: string) => mention(`/api/v1/statuses/${id}/sizes`);
