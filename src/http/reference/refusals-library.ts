import type { Reason } from '../errors.ts';

/** What their codes mean. */
export const libraryMeanings = {
  'too-many-lists': 'There are as many lists as there can be.',
  'not-followed': 'Only accounts that one follows can be put into a list.',
  'list-read-only':
    'The list For You is made by the server: nobody is put into it, and it cannot be changed.',
  'already-listed': 'One of the accounts is in the list.',
  'too-many-playlists': 'There are as many playlists as there can be.',
  'too-many-folders': 'There are as many folders of bookmarks as there can be.',
  'playlist-full': 'The playlist holds as many videos as it can.',
} as const satisfies Partial<Record<Reason, string>>;

/** Those of what people put together: lists, playlists, and folders of what they saved. */
export const ofTheLibrary: Readonly<Record<string, readonly Reason[]>> = {
  'PUT /api/v1/lists/:id': ['list-read-only'],
  'DELETE /api/v1/lists/:id': ['list-read-only'],
  'DELETE /api/v1/lists/:id/accounts': ['list-read-only'],
  'POST /api/v1/lists': ['too-many-lists'],
  'POST /api/v1/lists/:id/accounts': ['not-followed', 'already-listed', 'list-read-only'],
  'POST /api/v1/playlists': ['too-many-playlists', 'rule', 'not-found'],
  'PUT /api/v1/playlists/:id': ['rule'],
  'POST /api/v1/packs': ['too-many-packs', 'rule'],
  'POST /api/v1/packs/import': ['not-a-pack', 'too-many-packs', 'rule'],
  'PUT /api/v1/packs/:id': ['rule'],
  'POST /api/v1/playlists/:id/videos': ['playlist-full'],
  'POST /api/v1/bookmark_folders': ['too-many-folders'],
};
