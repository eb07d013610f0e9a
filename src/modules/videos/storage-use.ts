import { remoteCacheLimits } from '../../../config/media-limits.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db } from '../../db/database.ts';
import { unnamedAmong } from './shared-copies.ts';

/** What objects of one kind take together. */
export interface MediaUse {
  readonly kind: string;
  readonly objects: number;
  readonly bytes: number;
}

/**
 * What the rows say that media takes: of this server and of others, by role. An object that several videos share
 * counts once, for this server where one of them is of it.
 */
export async function mediaUsage(db: Db): Promise<MediaUse[]> {
  const { rows } = await db.raw<{ rows: { kind: string; objects: string; bytes: string }[] }>(
    `select case when local then 'local' else 'remote' end || ' ' || role as kind,
            count(*) as objects, coalesce(sum(bytes), 0) as bytes
       from (select distinct on (video_assets.key) videos.local, video_assets.role, video_assets.bytes
               from video_assets join videos on videos.id = video_assets.video_id
              order by video_assets.key, videos.local desc) as objects
      group by 1 order by 1`,
  );
  return rows.map(({ kind, objects, bytes }) => ({ kind, objects: Number(objects), bytes: Number(bytes) }));
}

interface OrphanDeps {
  readonly db: Db;
  readonly storage: ObjectStorage;
}

/**
 * Objects that no row names and that are too old to belong to a job that runs. All of the storage is gone through,
 * a batch at a time; `remove` takes them away.
 */
export async function orphanedObjects(
  deps: OrphanDeps,
  { remove, now }: { readonly remove: boolean; readonly now: number },
): Promise<{ originals: number; originalBytes: number; orphans: number; bytes: number; first: string[] }> {
  const found = { originals: 0, originalBytes: 0, orphans: 0, bytes: 0, first: [] as string[] };
  const batch = new Map<string, number>();
  const judge = async () => {
    const orphans = await unnamedAmong(deps.db, [...batch.keys()]);
    found.orphans += orphans.length;
    for (const key of orphans) found.bytes += batch.get(key) ?? 0;
    found.first.push(...orphans.slice(0, Math.max(0, 20 - found.first.length)));
    if (remove) await deps.storage.remove(orphans);
    batch.clear();
  };
  for (const prefix of ['media/', 'originals/', 'archives/']) {
    for await (const { key, size, modifiedAt } of deps.storage.list(prefix)) {
      if (prefix === 'originals/') {
        found.originals += 1;
        found.originalBytes += size;
      }
      if (now - modifiedAt < remoteCacheLimits.orphanAgeMs) continue;
      batch.set(key, size);
      if (batch.size === remoteCacheLimits.objectsAtOnce) await judge();
    }
    await judge();
  }
  return found;
}
