import { type ReadonlySignal, signal } from '@preact/signals';

/** A clip of a list, and the page that it is watched on. */
export interface ClipRef {
  readonly id: string;
  readonly path: string;
}

/** The list that a clip was opened from: watching goes on in it, and going back finds the place. */
export interface ClipList {
  /** Of the list: whose, and in which order. */
  readonly key: string;
  readonly items: ReadonlySignal<readonly ClipRef[]>;
  loadMore(): Promise<void>;
  remove(id: string): void;
}

/** Clips before the last one at which more are loaded. */
const LOAD_MORE_BEFORE_END = 4;

const opened = signal<ClipList | null>(null);
let lastId: string | null = null;

/** Remembers the list out of which a clip is opened now. */
export function enterClipList(list: ClipList, id: string): void {
  opened.value = list;
  lastId = id;
}

/** The list that was entered last, if it is the one of this key: who comes back finds it as it was. */
export function enteredClipList(
  key: string,
): { readonly list: ClipList; readonly lastId: string | null } | null {
  const list = opened.peek();
  return list?.key === key ? { list, lastId } : null;
}

/** What comes before and after a clip in the list that it was opened from; nothing where it is in none. */
export function neighboursOf(id: string): { readonly previous?: ClipRef; readonly next?: ClipRef } {
  const items = opened.value?.items.value ?? [];
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) return {};
  const [previous, next] = [items[position - 1], items[position + 1]];
  return { ...(previous ? { previous } : {}), ...(next ? { next } : {}) };
}

/** Which one of the list that it was opened from a clip is, from 1 on; null where it is in none. */
export function placeOf(id: string): number | null {
  const position = opened.value?.items.value.findIndex((item) => item.id === id) ?? -1;
  return position < 0 ? null : position + 1;
}

/** Says which clip of the list is watched, so that the list grows in time. */
export function watchInClipList(id: string): void {
  const list = opened.peek();
  const items = list?.items.peek() ?? [];
  const position = items.findIndex((item) => item.id === id);
  if (!list || position < 0) return;
  lastId = id;
  if (position >= items.length - LOAD_MORE_BEFORE_END) list.loadMore();
}

/** Takes a deleted clip out of the list. */
export function removeFromClipList(id: string): void {
  opened.peek()?.remove(id);
}

/** For when somebody else signs in. */
export function forgetClipList(): void {
  opened.value = null;
  lastId = null;
}
