import type { Wish } from './outbox.ts';

/** How wishes are sent, by the page or by its worker. */

const NAMES = {
  like: ['statuses', 'favourite'],
  save: ['statuses', 'bookmark'],
  follow: ['accounts', 'follow'],
} as const;

/** Where a wish is sent to, with POST and no body. */
export function pathOfWish({ deed, id, on }: Pick<Wish, 'deed' | 'id' | 'on'>): string {
  const [place, name] = NAMES[deed];
  return `/api/v1/${place}/${id}/${on ? '' : 'un'}${name}`;
}

/** Whether a status (0: not reached) means that a wish waits on: not reached, signed out, too often, busy. Everything else is an answer. */
export function waitsOn(status: number): boolean {
  return status === 0 || status === 401 || status === 429 || status >= 500;
}
