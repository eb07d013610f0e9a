import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { type ClipList, enteredClipList } from '../state/clip-list.ts';
import { createPages, type LoadPage, type Pages } from '../state/pages.ts';
import { clipPath } from '../ui/links.ts';

/** A list of clips, and the same list as one watches it. */
export interface ClipPages extends Pages<Status> {
  readonly list: ClipList;
}

/** Those of lists that were opened, so that coming back finds all that was loaded. */
const made = new WeakMap<ClipList, ClipPages>();

/** Makes a list of clips; `key` tells it from others. `query` is of the address by which each is watched as one of the list. */
export function createClipPages(key: string, load: LoadPage<Status>, query = ''): ClipPages {
  const pages = createPages<Status>(async (next) => {
    const page = await load(next);
    return page.ok ? { ...page, value: page.value.filter(isClip) } : page;
  });
  const items = computed(() =>
    pages.items.value.map((status) => ({ id: status.id, path: clipPath(status) + query })),
  );
  const list: ClipList = { key, items, loadMore: pages.loadMore, remove: pages.remove };
  const clipPages = { ...pages, list };
  made.set(list, clipPages);
  return clipPages;
}

/** The list of a screen: the one that a clip was opened from just before, or a new one. */
export function useClipPages(key: string, load: LoadPage<Status>, query?: string): ClipPages {
  return useMemo(() => {
    const entered = enteredClipList(key);
    return (entered && made.get(entered.list)) ?? createClipPages(key, load, query);
  }, [key]);
}

/** Lists of posts have comments among them. */
const isClip = (status: Status): boolean => status.media_attachments.length > 0;
