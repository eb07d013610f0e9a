import { type ApiOutcome, deliver, mention, request } from './client.ts';
import type {
  Account,
  CredentialAccount,
  FeedStatuses,
  Instance,
  Media,
  PendingAccount,
  Processing,
  Relationship,
  SearchResults,
  Session,
  SignUp,
  Status,
} from './types.ts';

/** Where a page of a list begins. Both are ids, and neither is part of the page. */
export interface PageCursor {
  readonly maxId?: string;
  readonly minId?: string;
}

/** What somebody writes to join. */
export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly email?: string;
  readonly reason?: string;
  readonly invite_code?: string;
  /** In years. */
  readonly age?: number;
}

/** What somebody signs in with. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
  /** Of an authenticator app, or a recovery code, where the account has a second factor. */
  readonly code?: string;
}

/** Clips of one page of a list. */
export const pageSize = 20;

/** Clips of one page of a feed, of which one is watched at a time. */
const feedPageSize = 10;

type FeedType = 'for_you' | 'following' | 'local' | 'federated';

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.append(name, value);
  return `${path}?${search}`;
}

function page({ maxId, minId }: PageCursor): Record<string, string | undefined> {
  return { max_id: maxId, min_id: minId, limit: String(pageSize) };
}

/** Every call of the server's API that the page makes, in one place. */
export const api = {
  instance: () => request<Instance>('GET', '/api/v2/instance'),
  register: (registration: Registration) => request<SignUp>('POST', '/api/v1/accounts', registration),
  signIn: (credentials: Credentials) => request<Session>('POST', '/api/v1/sessions', credentials),
  /** Answers whether a code still counts. */
  inviteCheck: (code: string) => request<object>('GET', `/api/v1/invites/${encodeURIComponent(code)}`),
  passkeySignInOptions: () => request<object>('POST', '/api/v1/passkeys/sign_in_options'),
  passkeySignIn: (credential: object) => request<Session>('POST', '/api/v1/passkeys/sign_in', { credential }),
  signOut: () => request<object>('DELETE', '/api/v1/sessions/current'),
  /** Has the link that confirms the address sent once more. */
  mailConfirmation: () => request<object>('POST', '/api/v1/emails/confirmations', {}),
  me: () => request<CredentialAccount>('GET', '/api/v1/accounts/verify_credentials'),

  lookUp: (acct: string) => request<Account>('GET', withQuery('/api/v1/accounts/lookup', { acct })),
  /** Asks the other server when we do not know the account yet. */
  resolveAccount: (handle: string) =>
    request<SearchResults>(
      'GET',
      withQuery('/api/v2/search', { q: handle, type: 'accounts', resolve: 'true' }),
    ),
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
  clipsOf: (accountId: string, cursor: PageCursor) =>
    request<Status[]>(
      'GET',
      withQuery(`/api/v1/accounts/${accountId}/statuses`, { ...page(cursor), only_media: 'true' }),
    ),
  clip: (id: string) => request<Status>('GET', `/api/v1/statuses/${encodeURIComponent(id)}`),
  deleteClip: (id: string) => request<Status>('DELETE', `/api/v1/statuses/${encodeURIComponent(id)}`),
  processing: (id: string) => request<Processing>('GET', `/api/v1/videos/${id}/processing`),

  /** A frame by its time, or a picture. */
  setCover: (id: string, cover: { readonly seconds: number } | Blob) =>
    request<Media>('PUT', `/api/v1/videos/${id}/poster`, cover),
  setCaptions: (id: string, language: string, file: Blob) =>
    request<Media>('PUT', captionsPath(id, language), file),
  /** Captions for the file that was uploaded, of which a part is kept. */
  setCaptionsOfFile: (id: string, language: string, file: Blob) =>
    request<Media>('PUT', withQuery(captionsPath(id, language), { times: 'file' }), file),
  removeCaptions: (id: string, language: string) => request<Media>('DELETE', captionsPath(id, language)),

  pendingAccounts: () =>
    request<PendingAccount[]>('GET', withQuery('/api/v1/admin/accounts', { status: 'pending' })),
  approve: (id: string) => request<object>('POST', `/api/v1/admin/accounts/${id}/approve`),
  reject: (id: string) => request<object>('POST', `/api/v1/admin/accounts/${id}/reject`),
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

function captionsPath(id: string, language: string): string {
  return `/api/v1/videos/${id}/captions/${encodeURIComponent(language)}`;
}

/** Where the server tells of the progress of an upload. */
export const processingEventsPath = (id: string) => `/api/v1/videos/${encodeURIComponent(id)}/events`;
