import type { Db, InTx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { AccountId, IdSource, ImportId } from '../../lib/ids.ts';
import type { Accounts, RemoteLookup } from '../accounts/index.ts';
import type { Comments } from '../comments/index.ts';
import type { Engagement } from '../engagement/index.ts';
import type { Folders } from '../folders/index.ts';
import type { Urls } from '../instances/index.ts';
import type { Lists } from '../lists/index.ts';
import type { Packs } from '../packs/index.ts';
import type { Playlists } from '../playlists/index.ts';
import type { Social } from '../social/index.ts';
import type { Sounds } from '../sounds/index.ts';
import type { Tags } from '../tags/index.ts';
import type { Videos } from '../videos/index.ts';
import type { ImportKind } from './csv.ts';

export interface PortabilityDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly social: Social;
  readonly lists: Lists;
  readonly folders: Folders;
  readonly playlists: Playlists;
  readonly packs: Packs;
  readonly tags: Tags;
  readonly sounds: Pick<Sounds, 'among' | 'save' | 'unsave'>;
  readonly videos: Pick<Videos, 'forViewer' | 'forViewerAmong'>;
  readonly comments: Pick<Comments, 'forViewer' | 'forViewerAmong'>;
  readonly engagement: Pick<Engagement, 'bookmark' | 'unbookmark' | 'bookmarksOf'>;
}

/** What an import asks other servers. */
export type ImportLookup = Pick<RemoteLookup, 'account' | 'address'>;

/** `merge` adds to what is there; `overwrite` also takes away what the file does not name. */
export const importModes = ['merge', 'overwrite'] as const;
export type ImportMode = (typeof importModes)[number];

/** How far an import has got. */
export interface ImportProgress {
  readonly id: ImportId;
  readonly kind: ImportKind;
  readonly mode: ImportMode;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** The first of those that failed. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** When it was ended before all of it was done: its owner left. */
  readonly cancelledAt: Date | null;
}

export interface ImportRow {
  readonly id: ImportId;
  readonly account_id: AccountId;
  readonly kind: ImportKind;
  readonly mode: ImportMode;
  readonly rows: unknown[];
  readonly total: number;
  readonly done: number;
}
