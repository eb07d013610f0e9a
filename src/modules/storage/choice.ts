import type { Stores } from '../../../media/storage/switchable.ts';
import type { Db } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { activeStoreOf, nameOf } from './active.ts';

/** How many of the newest objects are looked for in a bucket whose address is new. */
const LOOKED_FOR = 20;

/**
 * Proves that the store that an admin chose is configured. Where it is a bucket whose address is not known here, it is
 * recognised by what lies in it: it may have another address by now, or have been copied by other means.
 */
export async function checkChoice({
  db,
  stores,
}: {
  readonly db: Db;
  readonly stores: Stores;
}): Promise<Result> {
  const chosen = await activeStoreOf(db);
  if (chosen === null || nameOf(chosen, stores) !== null) return ok();
  const s3 = stores.get('s3');
  if (!s3) {
    return fail(
      'storage-unusable',
      'The media of this server lie in object storage, and S3_ENDPOINT is not set. Set it again; to do without it, run `vireo storage move --to files` first.',
    );
  }
  const newest: { key: string }[] = await db('video_assets')
    .orderBy('video_id', 'desc')
    .limit(LOOKED_FOR)
    .select('key');
  let isThere = newest.length === 0;
  for (const { key } of newest) isThere ||= (await s3.stat(key).catch(() => null)) !== null;
  if (!isThere) {
    return fail(
      'storage-unusable',
      `The media of this server were moved to ${chosen.address}, and neither S3_ENDPOINT nor SECOND_S3_ENDPOINT leads there. Set S3_ENDPOINT, S3_BUCKET and the keys to it.`,
    );
  }
  await db('storage_state')
    .where({ address: chosen.address })
    .update({ address: s3.address ?? null });
  return ok();
}
