import { mediaLimits } from '../../../config/media-limits.ts';
import type { Db } from '../../db/database.ts';
import { parseId, type VideoId } from '../../lib/ids.ts';

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
  if (keys.length === 0) return new Set();
  const owners = keys.flatMap((key) => parseId<'video'>(key.split('/')[1] ?? '') ?? []);
  const { rows } = await db.raw<{ rows: { key: string | null }[] }>(
    `select key from video_assets where key = any(:keys)
     union all select original_key from videos where original_key = any(:keys)
     union all select poster_key from videos where id = any(:owners) or media_id = any(:owners)
     union all select avatar_key from accounts where id = any(:owners)
     union all select header_key from accounts where id = any(:owners)
     union all select object_key from archives where object_key = any(:keys)
     union all select picture_key from instance_pictures where picture_key = any(:keys)
     -- Those of before, for as long as a change can be taken back.
     union all select kept ->> 'picture_key' from audit_changes, unnest(array[before, after]) as kept
                where row_table = 'instance_pictures' and kept ->> 'picture_key' = any(:keys)`,
    { keys: [...keys], owners: [...new Set(owners)] },
  );
  return new Set(rows.flatMap(({ key }) => key ?? []));
}

/** What the rows of one table name that is not played: an uploaded file, a picture, an archive. */
export interface OtherName {
  readonly key: string;
  readonly table: 'videos' | 'accounts' | 'archives' | 'instance_pictures';
  readonly column: 'original_key' | 'poster_key' | 'avatar_key' | 'header_key' | 'object_key' | 'picture_key';
}

const OTHERS: readonly Pick<OtherName, 'table' | 'column'>[] = [
  { table: 'videos', column: 'original_key' },
  { table: 'videos', column: 'poster_key' },
  { table: 'accounts', column: 'avatar_key' },
  { table: 'accounts', column: 'header_key' },
  { table: 'archives', column: 'object_key' },
  { table: 'instance_pictures', column: 'picture_key' },
];

/** Every object that a row names and that no video is played from; a page of rows in memory at a time. */
export async function* otherNames(db: Db): AsyncGenerator<OtherName> {
  for (const { table, column } of OTHERS) {
    for (let after = '0'; ; ) {
      const rows: { id: string; key: string }[] = await db(table)
        .select('id', { key: column })
        .where('id', '>', after)
        .whereNotNull(column)
        .orderBy('id')
        .limit(mediaLimits.objectsPerPage);
      for (const { key } of rows) yield { key, table, column };
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
    }
  }
}
