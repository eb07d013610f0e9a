import { request } from '../api/client.ts';
import type { BookmarkFolder, BookmarkPlace } from '../api/schema.gen.ts';

const FOLDERS = '/api/v1/bookmark_folders';
const placePath = (clipId: string) => `/api/v1/statuses/${clipId}/bookmark_folder`;

/** What a folder is called, and whether what is saved goes there by itself. */
export type FolderFacts = Pick<BookmarkFolder, 'title' | 'is_default'>;

export const folderCalls = {
  all: () => request<BookmarkFolder[]>('GET', FOLDERS),
  create: (facts: FolderFacts) => request<BookmarkFolder>('POST', FOLDERS, facts),
  edit: (id: string, facts: FolderFacts) => request<BookmarkFolder>('PUT', `${FOLDERS}/${id}`, facts),
  remove: (id: string) => request<object>('DELETE', `${FOLDERS}/${id}`),
  placeOf: (clipId: string) => request<BookmarkPlace>('GET', placePath(clipId)),
  /** Saves a clip into a folder, or into none (null). */
  put: (clipId: string, folderId: string | null) =>
    request<BookmarkPlace>('PUT', placePath(clipId), { folder_id: folderId }),
};
