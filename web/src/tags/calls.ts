import { request } from '../api/client.ts';
import type { Tag } from '../api/schema.gen.ts';
import type { Status } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';

/** Clips of one page. */
const PAGE = 24;

const pathOf = (name: string) => `/api/v1/tags/${encodeURIComponent(name)}`;

export const loadTag = (name: string) => request<Tag>('GET', pathOf(name));

/** What somebody does with a hashtag, and takes back. */
export type TagDeed = 'follow' | 'mute' | 'feature';

export const setTag = (name: string, deed: TagDeed, wanted: boolean) =>
  request<Tag>('POST', `${pathOf(name)}/${wanted ? '' : 'un'}${deed}`);

/** Clips with a hashtag, newest first. */
export const loadTagged =
  (name: string): LoadPage<Status> =>
  (next) =>
    request('GET', next ?? `/api/v1/timelines/tag/${encodeURIComponent(name)}?limit=${PAGE}`);
