import { request } from '../api/client.ts';
import type { FeedSettings, History } from '../api/schema.gen.ts';
import type { Status } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';

/** Clips of one page. */
const PAGE = 24;

const list =
  (path: string, more = ''): LoadPage<Status> =>
  (next) =>
    request('GET', next ?? `${path}?limit=${PAGE}${more}`);

/** Of one folder, of what is in `none`, or all of it. */
export const loadSaved = (folder?: string): LoadPage<Status> =>
  list('/api/v1/bookmarks', folder === undefined ? '' : `&folder_id=${folder}`);
export const loadLiked = list('/api/v1/favourites');

/** What was watched last: `watchedAt` is told for each clip of the page before the page is there. */
export function loadHistory(tell: (watchedAt: ReadonlyMap<string, string>) => void): LoadPage<Status> {
  return async (cursor) => {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (cursor !== null) query.set('cursor', cursor);
    const page = await request<History>('GET', `/api/v1/history?${query}`);
    if (!page.ok) return page;
    const { entries, next_cursor: next } = page.value;
    if (entries.length === 0) return { ok: true, value: [], next };
    // As statuses, which say how a clip is played.
    const ids = new URLSearchParams(entries.map(({ video }) => ['id[]', video.id]));
    const clips = await request<Status[]>('GET', `/api/v1/statuses?${ids}`);
    if (!clips.ok) return clips;
    tell(new Map(entries.map(({ video, watched_at }) => [video.id, watched_at])));
    return { ok: true, value: clips.value, next };
  };
}

export const forgetWatched = (id: string) =>
  request<object>('DELETE', `/api/v1/history/${encodeURIComponent(id)}`);
export const clearHistory = () => request<object>('DELETE', '/api/v1/history');
export const feedSettings = () => request<FeedSettings>('GET', '/api/v1/feed_settings');
