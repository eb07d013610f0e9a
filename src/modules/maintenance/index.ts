export { type CacheKind, cacheKinds, createCaches } from './caches.ts';
export { createDuplicates } from './duplicates.ts';
export { createFeedRebuild } from './feeds.ts';
export { type LockGate, openLockGate } from './gate.ts';
export { createServerLock, type Lock, type ServerLock } from './lock.ts';
export { createVacuum } from './vacuum.ts';
