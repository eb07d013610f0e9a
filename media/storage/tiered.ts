import { checkAll, firstFound, mergedList } from './merged.ts';
import type { ObjectStorage, OpenedObject } from './storage.ts';

export interface TieredDeps {
  readonly hot: ObjectStorage;
  /** Cheaper and slower. What came here once stays until it is removed for good. */
  readonly cold: ObjectStorage;
  /** Told of each object that is given out from the cold store. Must not throw. */
  readonly onColdRead: (key: string) => void;
}

/**
 * Two stores that look like one: everything is written to the hot one, and read from wherever it lies. Since
 * the cold copy stays when an object becomes hot again, and a hot one goes only after the cold was verified,
 * no read falls between the two.
 */
export function createTieredStorage({ hot, cold, onColdRead }: TieredDeps): ObjectStorage {
  async function openCold(key: string, range?: { start: number; end: number }): Promise<OpenedObject | null> {
    const object = await cold.open(key, range);
    if (object) onColdRead(key);
    return object;
  }

  return {
    putFile: hot.putFile,
    putBytes: hot.putBytes,
    open: (key, range) => firstFound([() => hot.open(key, range), () => openCold(key, range)]),
    stat: (key) => firstFound([() => hot.stat(key), () => cold.stat(key)]),
    async download(key, path) {
      const from = (store: ObjectStorage) => async () => (await store.download(key, path)) || null;
      return (await firstFound([from(hot), from(cold)])) ?? false;
    },
    async remove(keys) {
      await cold.remove(keys);
      await hot.remove(keys);
    },
    list: (prefix) => mergedList([hot, cold], prefix),
    check: () => checkAll([hot, cold]),
    async presignedUrl(key, options) {
      if (await hot.stat(key)) return (await hot.presignedUrl?.(key, options)) ?? null;
      if (!cold.presignedUrl || !(await cold.stat(key))) return null;
      onColdRead(key);
      return cold.presignedUrl(key, options);
    },
    ...(hot.multipart ? { multipart: hot.multipart } : {}),
  };
}
