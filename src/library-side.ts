import type { Db } from './db/database.ts';
import type { UnlistedDomains } from './db/visibility.ts';
import type { Clock } from './lib/clock.ts';
import type { IdSource } from './lib/ids.ts';
import { createFolders } from './modules/folders/index.ts';
import { createLists } from './modules/lists/index.ts';
import { createPlaylists } from './modules/playlists/index.ts';
import type { Screening } from './modules/rules/index.ts';
import type { Audit } from './modules/staff/index.ts';

/** What people put together for themselves and for others: lists of accounts, and of videos, and folders of what they saved. */
export function openLibrary(deps: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly unlistedDomains: UnlistedDomains;
  readonly screening: Screening;
  readonly clock: Clock;
  readonly audit: Audit;
}) {
  return { lists: createLists(deps), playlists: createPlaylists(deps), folders: createFolders(deps) };
}
