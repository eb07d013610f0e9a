import { fail, ok, type Result } from '../../lib/result.ts';
import { type BackupFacts, factsOf, type Manifest } from './model.ts';
import { listBackups, openTarget, readManifest, type Target, type TargetOptions } from './target.ts';
import { type VerifyOptions, type VerifyReport, verifyBackup } from './verifying.ts';

export type Shelf = ReturnType<typeof createShelf>;

/** Backups in the place where they lie, without the server that they are of. */
export function createShelf(place: TargetOptions) {
  const shelf = {
    /** All that were finished, newest first, and the names of those that were not. */
    async list(): Promise<Result<{ backups: BackupFacts[]; unfinished: string[]; unreadable: string[] }>> {
      const opened = await openTarget(place, null);
      if (!opened.ok) return opened.reason === 'no-backups' ? ok({ ...none }) : opened;
      const [backups, unfinished, unreadable]: [BackupFacts[], string[], string[]] = [[], [], []];
      for (const [name, { isWhole }] of [...(await listBackups(opened.target.store))].reverse()) {
        if (!isWhole) unfinished.push(name);
        else {
          const read = await readManifest(opened.target, name);
          if (read.ok) backups.push(factsOf(read.manifest));
          else unreadable.push(name);
        }
      }
      return ok({ backups, unfinished, unreadable });
    },

    /** The backup of a name, or the newest that was finished. */
    async find(name?: string): Promise<Result<{ target: Target; manifest: Manifest }>> {
      const opened = await openTarget(place, null);
      if (!opened.ok) return opened;
      const { target } = opened;
      const newest = async () =>
        [...(await listBackups(target.store))].findLast(([, { isWhole }]) => isWhole)?.[0];
      const wanted = name ?? (await newest());
      if (wanted === undefined) return fail('no-backups', 'There is no backup yet.');
      const read = await readManifest(target, wanted);
      return read.ok ? ok({ target, manifest: read.manifest }) : read;
    },

    /** Reads all of it; see `verifyBackup`. */
    async verify(
      name: string | undefined,
      options: VerifyOptions,
    ): Promise<Result<{ manifest: Manifest; report: VerifyReport }>> {
      const found = await shelf.find(name);
      if (!found.ok) return found;
      const { target, manifest } = found;
      return ok({ manifest, report: await verifyBackup(target, manifest, options) });
    },
  };
  return shelf;
}

const none = { backups: [], unfinished: [], unreadable: [] };
