import type { Db } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { NamedStore } from './check.ts';

/** One object of a video, and where it is. */
export interface FoundObject {
  readonly role: string;
  readonly key: string;
  readonly bytes: number | null;
  /** Names of the stores that have it; none: it is missing. */
  readonly stores: readonly string[];
}

/** The video of an id, or whose page, object or file an address names, with all that is stored for it; null where there is none. */
export async function lookupVideo(
  deps: { readonly db: Db; readonly stores: readonly NamedStore[] },
  id: VideoId | null,
  address: string,
): Promise<{ videoId: VideoId; objects: FoundObject[] } | null> {
  const { db, stores } = deps;
  const row: { id: VideoId; original_key: string | null; original_bytes: string | null } | undefined =
    await db('videos')
      .where({ uri: address })
      .orWhere({ url: address })
      .modify((query) => {
        if (id !== null) query.orWhere({ id }).orWhere({ media_id: id });
      })
      .first('id', 'original_key', 'original_bytes');
  if (!row) return null;
  const assets: { role: string; key: string; bytes: string | null }[] = await db('video_assets')
    .where({ video_id: row.id })
    .orderBy('key')
    .select('role', 'key', 'bytes');
  if (row.original_key !== null)
    assets.unshift({ role: 'original', key: row.original_key, bytes: row.original_bytes });
  const objects: FoundObject[] = [];
  for (const { role, key, bytes } of assets) {
    const having: string[] = [];
    for (const { name, store } of stores) if (await store.stat(key)) having.push(name);
    objects.push({ role, key, bytes: bytes === null ? null : Number(bytes), stores: having });
  }
  return { videoId: row.id, objects };
}
