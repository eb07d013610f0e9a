import { request } from '../../api/client.ts';
import type { FeaturedTag, Tag } from '../../api/schema.gen.ts';
import type { LoadPage } from '../../state/pages.ts';

const PAGE = 80;

const pagesOf =
  (path: string): LoadPage<Tag> =>
  (next) =>
    request('GET', next ?? `${path}?limit=${PAGE}`);

/** What somebody follows and has muted, the last one first. */
export const listed = {
  follow: pagesOf('/api/v1/followed_tags'),
  mute: pagesOf('/api/v1/muted_tags'),
} as const;

export const featured = () => request<FeaturedTag[]>('GET', '/api/v1/featured_tags');
export const suggested = () => request<Tag[]>('GET', '/api/v1/featured_tags/suggestions');
