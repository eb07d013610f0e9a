import { checkAll, firstFound, mergedList } from './merged.ts';
import type { MultipartUploads, ObjectStorage } from './storage.ts';

export type StoreName = 'files' | 's3';

/** Which of the two stores takes what is written. */
export interface ActiveStore {
  /** As last heard, at once. Good enough to read by. */
  known(): StoreName;
  /** As it was at most two seconds ago. To be asked before and after every change. */
  current(): Promise<StoreName>;
}

export interface SwitchableDeps {
  readonly files: ObjectStorage;
  readonly s3: ObjectStorage;
  readonly active: ActiveStore;
}

/**
 * Two stores that look like one. What is written goes to the active one; what is read is looked for in both,
 * so that objects can be moved from one to the other under way. Whoever moves them must first make the goal
 * active, wait until every process knows, and copy each before removing it.
 */
export function createSwitchableStorage(deps: SwitchableDeps): ObjectStorage {
  const { s3, active } = deps;
  const otherOf = (name: StoreName): StoreName => (name === 'files' ? 's3' : 'files');

  /** An object that is moved between the first look and the second is in the first store at the third. */
  function look<T>(at: (store: ObjectStorage) => Promise<T | null>): Promise<T | null> {
    const name = active.known();
    const [here, there] = [deps[name], deps[otherOf(name)]];
    return firstFound([() => at(here), () => at(there), () => at(here)]);
  }

  /** Repeats a change in the store that became active meanwhile: what moves objects may have passed by. */
  async function change(make: (here: ObjectStorage, there: ObjectStorage) => Promise<void>): Promise<void> {
    for (let name = await active.current(); ; ) {
      await make(deps[name], deps[otherOf(name)]);
      const now = await active.current();
      if (now === name) return;
      name = now;
    }
  }

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
      change(async (here, there) => {
        await there.remove(keys);
        await here.remove(keys);
      }),
    async *list(prefix) {
      const name = await active.current();
      yield* mergedList(deps[otherOf(name)], deps[name], prefix);
    },
    check: () => checkAll([deps.files, s3]),
    async presignedUrl(key, options) {
      if (active.known() !== 's3' || !s3.presignedUrl || !(await s3.stat(key))) return null;
      return s3.presignedUrl(key, options);
    },
    ...(s3.multipart ? { multipart: whileActive(s3.multipart, active) } : {}),
  };
}

/** Takes new uploads while objects go to S3; those under way may end in any case. */
function whileActive(multipart: MultipartUploads, active: ActiveStore): MultipartUploads {
  return {
    ...multipart,
    begin: async (key) => ((await active.current()) === 's3' ? multipart.begin(key) : null),
  };
}
