import { type ApiOutcome, request } from './client.ts';
import { withQuery } from './endpoints.ts';
import type { Account, Media, Processing, SearchResults, Session, SignUp, Status } from './types.ts';

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

function page({ maxId, minId }: PageCursor): Record<string, string | undefined> {
  return { max_id: maxId, min_id: minId, limit: String(pageSize) };
}

/** Calls of pages that are fetched when somebody goes there. */
export const otherApi = {
  register: (registration: Registration) => request<SignUp>('POST', '/api/v1/accounts', registration),
  signIn: (credentials: Credentials) => request<Session>('POST', '/api/v1/sessions', credentials),
  /** Answers whether a code still counts. */
  inviteCheck: (code: string) => request<object>('GET', `/api/v1/invites/${encodeURIComponent(code)}`),
  passkeySignInOptions: () => request<object>('POST', '/api/v1/passkeys/sign_in_options'),
  passkeySignIn: (credential: object) => request<Session>('POST', '/api/v1/passkeys/sign_in', { credential }),
  /** Has the link that confirms the address sent once more. */
  mailConfirmation: () => request<object>('POST', '/api/v1/emails/confirmations', {}),
  lookUp: (acct: string) => request<Account>('GET', withQuery('/api/v1/accounts/lookup', { acct })),
  /** Asks the other server when we do not know the account yet. */
  resolveAccount: (handle: string) =>
    request<SearchResults>(
      'GET',
      withQuery('/api/v2/search', { q: handle, type: 'accounts', resolve: 'true' }),
    ),
  clipsOf: (accountId: string, cursor: PageCursor) =>
    request<Status[]>(
      'GET',
      withQuery(`/api/v1/accounts/${accountId}/statuses`, { ...page(cursor), only_media: 'true' }),
    ),
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
} satisfies Record<string, (...args: never[]) => Promise<ApiOutcome<unknown>>>;

function captionsPath(id: string, language: string): string {
  return `/api/v1/videos/${id}/captions/${encodeURIComponent(language)}`;
}

/** Where the server tells of the progress of an upload. */
export const processingEventsPath = (id: string) => `/api/v1/videos/${encodeURIComponent(id)}/events`;
