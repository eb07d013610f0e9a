import { request } from '../api/client.ts';
import type { FeaturedTag, Pack } from '../api/schema.gen.ts';
import type { Account, Relationship, Status } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';
import { keepRelationship } from '../state/relationships.ts';

/** Clips of one page. */
const CLIPS = 24;
/** Starter packs that are shown on a profile. */
const PACKS = 5;
/** People of one page. */
const PEOPLE = 20;

const pathOf = (id: string) => `/api/v1/accounts/${id}`;

/** What an account posted, newest first, below what it pinned. */
export const loadClipsOf =
  (id: string): LoadPage<Status> =>
  async (next) => {
    const path = `${pathOf(id)}/statuses?only_media=true`;
    if (next !== null) return request<Status[]>('GET', next);
    const [pinned, newest] = await Promise.all([
      request<Status[]>('GET', `${path}&pinned=true`),
      request<Status[]>('GET', `${path}&limit=${CLIPS}`),
    ]);
    if (!newest.ok || !pinned.ok) return newest;
    return { ...newest, value: [...pinned.value, ...newest.value] };
  };

/** The public clips that an account likes, where it shows them. */
export const loadLikesOf =
  (id: string): LoadPage<Status> =>
  (next) =>
    request('GET', next ?? `${pathOf(id)}/likes?limit=${CLIPS}`);

/** The hashtags that an account shows. */
export const loadFeaturedTags = (id: string) => request<FeaturedTag[]>('GET', `${pathOf(id)}/featured_tags`);

/** The starter packs that an account made. */
export const loadPacksOf = (id: string) => request<Pack[]>('GET', `${pathOf(id)}/packs?limit=${PACKS}`);

export type PeopleList = 'followers' | 'following';

export const loadPeople =
  (id: string, list: PeopleList): LoadPage<Account> =>
  (next) =>
    request('GET', next ?? `${pathOf(id)}/${list}?limit=${PEOPLE}`);

/** Changes how we stand to somebody, and keeps what the server says of it. */
export async function relate(id: string, verb: 'mute' | 'unmute' | 'block' | 'unblock') {
  return keepRelationship(await request<Relationship>('POST', `${pathOf(id)}/${verb}`, {}));
}
