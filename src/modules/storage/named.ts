import { mediaLimits } from '../../../config/media-limits.ts';
import type { Db } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';

/** An object as its row describes it. */
export interface NamedObject {
  readonly key: string;
  /** The videos that name it, at least one: those that show the same share their objects. */
  readonly videoIds: readonly VideoId[];
  readonly size: number;
  readonly sha256: string;
}

/** Every object that a video is played from, once, in the order of keys; a page of rows in memory at a time. */
export async function* namedObjects(db: Db, prefix: string): AsyncGenerator<NamedObject> {
  let after = '';
  for (;;) {
    const rows: { key: string; video_ids: VideoId[]; bytes: string; sha256: string }[] = await db(
      'video_assets',
    )
      .select(
        'key',
        db.raw('array_agg(video_id order by video_id) as video_ids'),
        db.raw('max(bytes) as bytes'),
        db.raw('max(sha256) as sha256'),
      )
      .where('key', '>', after)
      .whereRaw('starts_with(key, ?)', [prefix])
      .groupBy('key')
      .orderBy('key')
      .limit(mediaLimits.objectsPerPage);
    for (const { key, video_ids, bytes, sha256 } of rows) {
      yield { key, videoIds: video_ids, size: Number(bytes), sha256 };
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.key;
  }
}

/** Every uploaded file that is kept. Its content is not known to the database. */
export async function* namedOriginals(
  db: Db,
  prefix: string,
): AsyncGenerator<{ readonly key: string; readonly videoId: VideoId }> {
  let after = '0';
  for (;;) {
    const rows: { id: VideoId; original_key: string }[] = await db('videos')
      .select('id', 'original_key')
      .where('id', '>', after)
      .whereNotNull('original_key')
      .whereRaw('starts_with(original_key, ?)', [prefix])
      .orderBy('id')
      .limit(mediaLimits.objectsPerPage);
    for (const { id, original_key } of rows) yield { key: original_key, videoId: id };
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/** Those of the keys that a row names: what is stored under any other is of no use. */
export async function namesAmong(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const [assets, originals, posters, archives]: string[][] = await Promise.all([
    db('video_assets').whereIn('key', keys).pluck('key'),
    db('videos').whereIn('original_key', keys).pluck('original_key'),
    db('videos').whereIn('poster_key', keys).pluck('poster_key'),
    db('archives').whereIn('object_key', keys).pluck('object_key'),
  ]);
  return new Set([assets, originals, posters, archives].flatMap((named) => named ?? []));
}
