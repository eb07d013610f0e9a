import { createHash } from 'node:crypto';
import { checkAll, firstFound, mergedList } from './merged.ts';
import type { MultipartUploads, ObjectStorage } from './storage.ts';

/** Files of this machine, the object storage, and the one to or from which all is moved. */
export const storeNames = ['files', 's3', 'second-s3'] as const;
export type StoreName = (typeof storeNames)[number];

/** The stores that are configured. */
export type Stores = ReadonlyMap<StoreName, ObjectStorage>;

/** Which of the stores takes what is written. */
export interface ActiveStore {
  /** As last heard, at once. Good enough to read by. */
  known(): StoreName;
  /** As it was at most two seconds ago. To be asked before and after every change. */
  current(): Promise<StoreName>;
}

export interface SwitchableDeps {
  readonly stores: Stores;
  readonly active: ActiveStore;
}

/**
 * Several stores that look like one. What is written goes to the active one; what is read is looked for in all,
 * so that objects can be moved from one to another under way. Whoever moves them must first make the goal
 * active, wait until every process knows, and copy each before removing it.
 */
export function createSwitchableStorage({ stores, active }: SwitchableDeps): ObjectStorage {
  function storeOf(name: StoreName): ObjectStorage {
    const store = stores.get(name);
    if (!store) throw new Error(`Media are written to ${name}, which is not configured`);
    return store;
  }
  const othersOf = (name: StoreName): ObjectStorage[] =>
    [...stores].flatMap(([other, store]) => (other === name ? [] : [store]));

  /** An object that is moved between two looks is in the first store at the last. */
  function look<T>(at: (store: ObjectStorage) => Promise<T | null>): Promise<T | null> {
    const here = storeOf(active.known());
    const inTurn = [here, ...othersOf(active.known()), here];
    return firstFound(inTurn.map((store) => () => at(store)));
  }

  /** Repeats a change in the store that became active meanwhile: what moves objects may have passed by. */
  async function change(
    make: (here: ObjectStorage, elsewhere: readonly ObjectStorage[]) => Promise<void>,
  ): Promise<void> {
    for (let name = await active.current(); ; ) {
      await make(storeOf(name), othersOf(name));
      const now = await active.current();
      if (now === name) return;
      name = now;
    }
  }

  const multipart = whileActive(stores, active);
  return {
    putFile: (key, path, options) => change((here) => here.putFile(key, path, options)),
    putBytes: (key, bytes, options) => change((here) => here.putBytes(key, bytes, options)),
    open: (key, range) => look((store) => store.open(key, range)),
    stat: (key) => look((store) => store.stat(key)),
    async download(key, path) {
      return (await look(async (store) => ((await store.download(key, path)) ? true : null))) ?? false;
    },
    // First where objects leave: what moves them looks there again after it has copied one.
    remove: (keys) =>
      change(async (here, elsewhere) => {
        for (const there of elsewhere) await there.remove(keys);
        await here.remove(keys);
      }),
    async *list(prefix) {
      const name = await active.current();
      yield* mergedList([...othersOf(name), storeOf(name)], prefix);
    },
    check: () => checkAll([...stores.values()]),
    async presignedUrl(key, options) {
      const here = storeOf(active.known());
      // What is still to be moved has no address that lasts.
      if (!here.presignedUrl || !(await here.stat(key))) return null;
      return here.presignedUrl(key, options);
    },
    ...(multipart ? { multipart } : {}),
  };
}

/**
 * Takes new uploads into the store that is active, where that can; those under way end where they began. Which store
 * that is stands before their id, by its address: what it is called may change while they last.
 */
function whileActive(stores: Stores, active: ActiveStore): MultipartUploads | null {
  const buckets = [...stores.values()].flatMap((store) =>
    store.multipart ? [{ mark: markOf(store), multipart: store.multipart }] : [],
  );
  const [first] = buckets;
  if (!first) return null;

  /** Ids without a mark are of servers with one bucket only. */
  function ownerOf(uploadId: string): { readonly multipart: MultipartUploads; readonly id: string } {
    const [, mark, id] = /^([0-9a-f]{8}):(.*)$/s.exec(uploadId) ?? [];
    if (mark === undefined || id === undefined)
      return { multipart: first?.multipart ?? fail(), id: uploadId };
    return { multipart: buckets.find((bucket) => bucket.mark === mark)?.multipart ?? fail(), id };
  }
  const fail = (): never => {
    throw new Error('The object storage in which this upload began is not configured any more');
  };

  return {
    async begin(key) {
      const store = stores.get(await active.current());
      const uploadId = await store?.multipart?.begin(key);
      return store && uploadId ? `${markOf(store)}:${uploadId}` : null;
    },
    async presignPart(key, uploadId, partNumber) {
      const { multipart, id } = ownerOf(uploadId);
      return multipart.presignPart(key, id, partNumber);
    },
    async complete(key, uploadId, parts, size) {
      const { multipart, id } = ownerOf(uploadId);
      return multipart.complete(key, id, parts, size);
    },
    async abort(key, uploadId) {
      const { multipart, id } = ownerOf(uploadId);
      return multipart.abort(key, id);
    },
  };
}

const markOf = ({ address = '' }: ObjectStorage) =>
  createHash('sha256').update(address).digest('hex').slice(0, 8);
