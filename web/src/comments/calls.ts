import { request } from '../api/client.ts';
import type { Account, Comment, Status, StatusContext, StatusSource, Tag } from '../api/types.ts';

export type CommentSort = 'top' | 'newest';

/** What can be done with a comment on one's own clip. */
export type Decision = 'hide' | 'unhide' | 'pin' | 'unpin';

const PAGE = 20;
const SUGGESTED = 6;
const TAGS = 40;

const below = (clipId: string, rest = '') => `/api/v1/videos/${clipId}/comments${rest}`;

/** The calls of this part. */
export const calls = {
  /** Where a page is named by its address, it is that page. */
  top: (clipId: string, sort: CommentSort, next: string | null) =>
    request<Comment[]>('GET', next ?? below(clipId, `?sort=${sort}&limit=${PAGE}`)),
  replies: (clipId: string, parentId: string, next: string | null) =>
    request<Comment[]>('GET', next ?? below(clipId, `?parent_id=${parentId}&limit=${PAGE}`)),
  /** The same key again is the same comment, not a second one. */
  post: (clipId: string, text: string, parentId: string | null, key: string) =>
    request<Comment>('POST', below(clipId), { text, parent_id: parentId }, { key }),
  decide: (clipId: string, commentId: string, what: Decision) =>
    request<Comment>('POST', below(clipId, `/${commentId}/${what}`)),
  one: (id: string) => request<Status>('GET', `/api/v1/statuses/${id}`),
  context: (id: string) => request<StatusContext>('GET', `/api/v1/statuses/${id}/context`),
  source: (id: string) => request<StatusSource>('GET', `/api/v1/statuses/${id}/source`),
  edit: (comment: Comment, text: string) => {
    const { spoiler_text, sensitive, language } = comment;
    return request<Status>('PUT', `/api/v1/statuses/${comment.id}`, {
      ...{ status: text, spoiler_text, sensitive, language },
    });
  },
  remove: (id: string) => request<Status>('DELETE', `/api/v1/statuses/${id}`),
  like: (id: string, liked: boolean) =>
    request<Status>('POST', `/api/v1/statuses/${id}/${liked ? 'favourite' : 'unfavourite'}`),
  people: (q: string, signal: AbortSignal) =>
    request<Account[]>(
      'GET',
      `/api/v1/accounts/search?${new URLSearchParams({ q, limit: String(SUGGESTED) })}`,
      undefined,
      {
        signal,
      },
    ),
  /** Much used these days. */
  tagsInUse: () => request<Tag[]>('GET', `/api/v1/trends/tags?limit=${TAGS}`),
  followedTags: () => request<Tag[]>('GET', `/api/v1/followed_tags?limit=${TAGS}`),
};

/** Where the server tells of comments as they come. */
export const commentEventsPath = (clipId: string) => `/api/v1/streaming/video/comments?video=${clipId}`;
