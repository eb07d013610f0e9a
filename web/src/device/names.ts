/** What the page and its worker (web/worker) call each other's things. */

/** Caches of the page begin with it: the server knows it, too, for when it wants them gone (src/http/page/app.ts). */
export const CACHES = 'vireo-';
/** Of the pictures that the page keeps for when there is no connection. */
export const PICTURES = `${CACHES}pictures`;
/** The page without anything that belongs to one address. */
export const SHELL_PATH = '/app/shell';
/** Where other apps send what is shared with this one. */
export const SHARE_PATH = '/upload/shared';
/** Of a background sync (WICG) of the outbox. */
export const OUTBOX_SYNC = 'outbox';

/** What the page tells its worker. */
export type ToWorker =
  /** Take the place of the one before: somebody chose it. */
  | { readonly type: 'take-over' }
  /** The page is there, in this language; the file of its words, which English has none of. */
  | { readonly type: 'hello'; readonly lang: string; readonly words: string | null };

/** What the worker tells a page. */
export interface ToPage {
  readonly type: 'open';
  /** On this server. */
  readonly path: string;
}
