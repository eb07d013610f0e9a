import { type ClipPages, createClipPages, useClipPages } from '../posters/clip-pages.ts';
import { enterClipList, enteredClipList } from '../state/clip-list.ts';
import { me } from '../state/session.ts';
import { loadClipsIn } from './calls.ts';

const keyOf = (id: string) => `playlist ${me.peek()?.id} ${id}`;

/** Where a clip is watched as one of a playlist: who opens that address again goes on in the list. */
const queryOf = (id: string) => `?playlist=${id}`;

/** The clips of a playlist, as its page shows them. */
export const usePlaylistClips = (id: string): ClipPages =>
  useClipPages(keyOf(id), loadClipsIn(id), queryOf(id));

/**
 * Has whoever watches a clip go on in a playlist: in the one that it was opened from, or else one that is loaded as far as the clip. A clip that is
 * not in it is watched by itself.
 */
export async function enterPlaylist(id: string, clipId: string): Promise<void> {
  if (enteredClipList(keyOf(id))) return;
  const pages = createClipPages(keyOf(id), loadClipsIn(id), queryOf(id));
  const isThere = () => pages.items.peek().some((clip) => clip.id === clipId);
  do {
    await pages.loadMore();
  } while (!isThere() && pages.phase.peek() === 'ready');
  if (isThere()) enterClipList(pages.list, clipId);
}
