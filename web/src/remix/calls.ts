import { request } from '../api/client.ts';
import type { RemixPermission, Status, Video } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';

/** Clips of one page. */
const PAGE = 24;

/** Whether the viewer may answer to a clip by one of their own. */
export const remixPermission = (id: string) =>
  request<RemixPermission>('GET', `/api/v1/videos/${encodeURIComponent(id)}/remix_permission`);

const pathOf = (id: string) => `/api/v1/videos/${encodeURIComponent(id)}/remixes`;

/** Duets and stitches of a clip, the newest first. */
export const loadRemixes =
  (id: string): LoadPage<Status> =>
  async (next) => {
    const page = await request<Video[]>('GET', next ?? `${pathOf(id)}?limit=${PAGE}`);
    if (!page.ok || page.value.length === 0) return page.ok ? { ...page, value: [] } : page;
    // As statuses, which say how a clip is played.
    const ids = new URLSearchParams(page.value.map((video) => ['id[]', video.id]));
    const clips = await request<Status[]>('GET', `/api/v1/statuses?${ids}`);
    return clips.ok ? { ...page, value: clips.value } : clips;
  };

/** Takes back that somebody's clip shows one of one's own. */
export const takeBack = (id: string, remixId: string) =>
  request<object>('DELETE', `${pathOf(id)}/${encodeURIComponent(remixId)}`);
