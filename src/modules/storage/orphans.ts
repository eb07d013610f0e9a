import { mediaLimits } from '../../../config/media-limits.ts';
import type { ListedObject, ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db } from '../../db/database.ts';
import { namesAmong } from './named.ts';

/** Below these lies what rows name. */
const OURS = ['media/', 'originals/', 'archives/'];

/**
 * The objects of a store that no row names and that are older than `before`: younger ones may belong to a job that
 * runs. `onListed` hears of every object that is looked at. A page of keys in memory at a time.
 */
export async function* orphansIn(
  db: Db,
  store: ObjectStorage,
  options: {
    readonly before: number;
    readonly prefix?: string;
    readonly onListed?: (object: ListedObject) => void;
  },
): AsyncGenerator<ListedObject> {
  const { before, prefix = '', onListed } = options;
  const prefixes = OURS.flatMap((ours) => {
    if (prefix.startsWith(ours)) return [prefix];
    return ours.startsWith(prefix) ? [ours] : [];
  });
  for (const each of prefixes) {
    let page: ListedObject[] = [];
    for await (const object of store.list(each)) {
      onListed?.(object);
      if (object.modifiedAt >= before) continue;
      page.push(object);
      if (page.length < mediaLimits.objectsPerPage) continue;
      yield* unnamed(db, page);
      page = [];
    }
    yield* unnamed(db, page);
  }
}

async function* unnamed(db: Db, page: readonly ListedObject[]): AsyncGenerator<ListedObject> {
  const named = await namesAmong(
    db,
    page.map(({ key }) => key),
  );
  for (const object of page) if (!named.has(object.key)) yield object;
}
