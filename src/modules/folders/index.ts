import { folderLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, CommentId, FolderId, IdSource, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/** A part of what somebody saved, under a name; for that person alone. */
export interface Folder extends FolderFacts {
  readonly id: FolderId;
  /** Of all posts in it, also of those that are out of sight at the moment. */
  readonly count: number;
}

export interface FolderFacts {
  readonly title: string;
  /** What is saved without naming a folder goes here. At most one of a person's is it. */
  readonly isDefault: boolean;
}

export type Folders = ReturnType<typeof createFolders>;

type Saved = { readonly videoId: VideoId } | { readonly commentId: CommentId };

/** Folders of bookmarks. Every read and write names their owner: nobody else's are there (security.md A10). */
export function createFolders(deps: { readonly db: Db; readonly ids: IdSource }) {
  const { db } = deps;
  const counted = db.raw<number>(
    '(select count(*)::int from bookmarks where bookmarks.folder_id = save_folders.id) as count',
  );
  const columns = { id: 'id', title: 'title', isDefault: 'is_default' };
  const rowOf = ({ title, isDefault }: FolderFacts) => ({ title, is_default: isDefault });

  /** Only the newest choice counts. The row of the person is locked: two that are made the default at once come one after the other. */
  async function makeRoom(tx: Tx, ownerId: AccountId, { isDefault }: FolderFacts): Promise<void> {
    await tx('users').where({ account_id: ownerId }).forUpdate().first('account_id');
    if (!isDefault) return;
    await tx('save_folders').where({ account_id: ownerId, is_default: true }).update({ is_default: false });
  }

  return {
    /** All of an account's, oldest first. */
    all: (ownerId: AccountId): Promise<Folder[]> =>
      db('save_folders')
        .where({ account_id: ownerId })
        .orderBy('id')
        .select<Folder[]>(columns)
        .select(counted),

    async one(ownerId: AccountId, id: FolderId): Promise<Folder | null> {
      const mine = db('save_folders').where({ id, account_id: ownerId });
      return (await mine.select<Folder[]>(columns).select(counted))[0] ?? null;
    },

    async create(
      tx: Tx,
      ownerId: AccountId,
      facts: FolderFacts,
    ): Promise<Result<{ folder: Folder }, 'too-many-folders'>> {
      await makeRoom(tx, ownerId, facts);
      const row = await tx('save_folders').where({ account_id: ownerId }).count('* as count').first();
      if (Number(row?.count) >= folderLimits.maxFolders) {
        return fail('too-many-folders', `At most ${folderLimits.maxFolders} folders can be kept.`);
      }
      const id = deps.ids.next<'folder'>();
      await tx('save_folders').insert({ id, account_id: ownerId, ...rowOf(facts) });
      return ok({ folder: { id, ...facts, count: 0 } });
    },

    /** False where it is not there, or not the owner's. */
    async edit(tx: Tx, ownerId: AccountId, id: FolderId, facts: FolderFacts): Promise<boolean> {
      await makeRoom(tx, ownerId, facts);
      return (await tx('save_folders').where({ id, account_id: ownerId }).update(rowOf(facts))) === 1;
    },

    /** What is in it stays saved, in no folder. */
    async remove(tx: Tx, ownerId: AccountId, id: FolderId): Promise<boolean> {
      return (await tx('save_folders').where({ id, account_id: ownerId }).delete()) === 1;
    },

    /** In which folder a post is saved (null: in none); undefined where it is not saved. */
    async folderOf(ownerId: AccountId, saved: Saved): Promise<FolderId | null | undefined> {
      const row = await db('bookmarks')
        .where({ account_id: ownerId, ...columnOf(saved) })
        .first('folder_id');
      return row?.folder_id;
    },

    /** Moves a saved post into a folder, or out of all (null). False where it is not saved, or the folder is not the owner's. */
    async move(tx: Tx, ownerId: AccountId, saved: Saved, folderId: FolderId | null): Promise<boolean> {
      if (folderId !== null) {
        const mine = tx('save_folders').where({ id: folderId, account_id: ownerId }).forShare();
        if (!(await mine.first('id'))) return false;
      }
      const moved = await tx('bookmarks')
        .where({ account_id: ownerId, ...columnOf(saved) })
        .update({ folder_id: folderId });
      return moved === 1;
    },
  };
}

const columnOf = (saved: Saved) =>
  'videoId' in saved ? { video_id: saved.videoId } : { comment_id: saved.commentId };
