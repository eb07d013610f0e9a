import type { LoadPage } from '../state/pages.ts';
import { request } from './client.ts';
import type { Sound, Tag } from './schema.gen.ts';
import type { Status } from './types.ts';

/** Clips of one page. */
const PAGE = 24;
/** Hashtags that one looks at, or compares with. */
const TAGS = 20;
/** Sounds that one looks at above the clips. */
const SOUNDS = 4;

/** Hashtags that most people are on about. */
export const trendingTags = () => request<Tag[]>('GET', `/api/v1/trends/tags?limit=${TAGS}`);

/** The sounds that most people use and like. */
export const trendingSounds = () => request<Sound[]>('GET', `/api/v1/trends/sounds?limit=${SOUNDS}`);

interface TrendScope {
  readonly scope: 'global' | 'tag' | 'sound';
  readonly key?: string;
}

/** Clips that trend, by their place: the list says nothing of a next page, and one that is not full is the last. */
export function loadTrending({ scope, key }: TrendScope): LoadPage<Status> {
  return async (next) => {
    const offset = Number(next ?? 0);
    const query = new URLSearchParams({ scope, limit: String(PAGE), offset: String(offset) });
    if (key !== undefined) query.set('key', key);
    const page = await request<Status[]>('GET', `/api/v1/trends/statuses?${query}`);
    if (!page.ok) return page;
    return { ...page, next: page.value.length < PAGE ? null : String(offset + PAGE) };
  };
}
