import { request } from '../api/client.ts';
import type { FeedSettings, Pack, Suggestion, Tag } from '../api/schema.gen.ts';
import type { Account, Status } from '../api/types.ts';

type Wishes = Pick<FeedSettings, 'interests' | 'languages'>;

/** How many topics and people are shown. */
const TOPICS = 20;
const PEOPLE = 20;
const PACKS = 4;

/** Calls of the first steps. */
export const welcomeCalls = {
  settings: () => request<FeedSettings>('GET', '/api/v1/feed_settings'),
  wish: (wishes: Wishes) => request<FeedSettings>('PATCH', '/api/v1/feed_settings', wishes),
  topics: () => request<Tag[]>('GET', `/api/v1/trends/tags?limit=${TOPICS}`),

  /** What was posted lately about any of these; there is one at least. */
  postsAbout([first = '', ...others]: readonly string[]) {
    const query = new URLSearchParams(others.map((tag) => ['any[]', tag]));
    query.append('limit', '40');
    return request<Status[]>('GET', `/api/v1/timelines/tag/${encodeURIComponent(first)}?${query}`);
  },
  creators: () => request<Account[]>('GET', `/api/v1/trends/creators?limit=${PEOPLE}`),
  suggestions: () => request<Suggestion[]>('GET', `/api/v2/suggestions?limit=${PEOPLE}`),
  packs: () => request<Pack[]>('GET', `/api/v1/packs?limit=${PACKS}`),
  directory: () => request<Account[]>('GET', `/api/v1/directory?limit=${PEOPLE}`),
};
