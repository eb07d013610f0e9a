import type { ObjectStorage } from './storage.ts';

/** Storage that tells which objects this process removed, for those who keep copies in memory. */
export interface WatchedStorage extends ObjectStorage {
  /** Calls `listener` with their keys after they were removed. */
  onRemoved(listener: (keys: readonly string[]) => void): void;
}

/** The same storage, whose removals are told. */
export function watchRemovals(storage: ObjectStorage): WatchedStorage {
  const listeners: ((keys: readonly string[]) => void)[] = [];
  return {
    ...storage,
    async remove(keys) {
      try {
        await storage.remove(keys);
      } finally {
        // Some may be gone although the whole failed.
        for (const listener of listeners) listener(keys);
      }
    },
    onRemoved(listener) {
      listeners.push(listener);
    },
  };
}
