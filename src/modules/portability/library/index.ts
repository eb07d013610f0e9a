import type { LibraryKind } from '../csv.ts';
import { foldersPart } from './folders.ts';
import { packsPart } from './packs.ts';
import type { LibraryPart } from './part.ts';
import { playlistsPart } from './playlists.ts';
import { soundsPart } from './sounds.ts';
import { tagsPart } from './tags.ts';

export { HANDLE_SQL, type Named } from './part.ts';

/** What people put together: see `libraryKinds`. */
export const libraryParts: Readonly<Record<LibraryKind, LibraryPart>> = {
  ...{ folders: foldersPart, playlists: playlistsPart, packs: packsPart, tags: tagsPart, sounds: soundsPart },
};

/** The part of one of these kinds; null where Mastodon knows the kind. */
export function libraryPartOf(kind: string): LibraryPart | null {
  return Object.hasOwn(libraryParts, kind) ? libraryParts[kind as LibraryKind] : null;
}
