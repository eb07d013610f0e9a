import { request } from '../api/client.ts';
import type { Sound } from '../api/schema.gen.ts';
import type { Status } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';

/** Clips or sounds of one page. */
const PAGE = 24;

const pathOf = (id: string) => `/api/v1/sounds/${encodeURIComponent(id)}`;

export const loadSound = (id: string) => request<Sound>('GET', pathOf(id));

export const setSoundSaved = (id: string, wanted: boolean) =>
  request<Sound>('POST', `${pathOf(id)}/${wanted ? 'save' : 'unsave'}`);

/** What its author says of a sound. */
export const changeSound = (id: string, said: object) => request<Sound>('PATCH', pathOf(id), said);

/** Who used a sound of one's own, as a table. */
export const usagePath = (id: string) => `/api/v1/studio/sounds/${encodeURIComponent(id)}/export`;

/** The sounds that one saved, last saved first. */
export const loadSavedSounds: LoadPage<Sound> = (next) =>
  request('GET', next ?? `/api/v1/sounds/saved?limit=${PAGE}`);

/** Clips with a sound, newest first. */
export const loadClipsWith =
  (id: string): LoadPage<Status> =>
  (next) =>
    request('GET', next ?? `${pathOf(id)}/statuses?limit=${PAGE}`);

/** Sounds that many use now, by their place: a page that is not full is the last. */
export const loadTrendingSounds: LoadPage<Sound> = async (next) => {
  const offset = Number(next ?? 0);
  const query = new URLSearchParams({ limit: String(PAGE), offset: String(offset) });
  const page = await request<Sound[]>('GET', `/api/v1/trends/sounds?${query}`);
  if (!page.ok) return page;
  return { ...page, next: page.value.length < PAGE ? null : String(offset + PAGE) };
};

/** Sounds with this name, or one that is nearly so. */
export const loadSoundsNamed =
  (name: string): LoadPage<Sound> =>
  async () => {
    const query = new URLSearchParams({ q: name, limit: String(PAGE) });
    const page = await request<Sound[]>('GET', `/api/v1/search/sounds?${query}`);
    return page.ok ? { ...page, next: null } : page;
  };
