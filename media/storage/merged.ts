import { mediaLimits } from '../../config/media-limits.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { ListedObject, ObjectStorage } from './storage.ts';

/**
 * What several stores hold. Those that objects leave must come first: then none is missed that is moved
 * meanwhile. An object in several is listed once, unless more than a hundred thousand have the prefix.
 */
export async function* mergedList(
  stores: readonly ObjectStorage[],
  prefix: string,
): AsyncGenerator<ListedObject> {
  const seen = new Set<string>();
  for (const [at, store] of stores.entries()) {
    const isLast = at === stores.length - 1;
    for await (const object of store.list(prefix)) {
      if (seen.has(object.key)) continue;
      if (!isLast && seen.size < mediaLimits.maxMergedKeys) seen.add(object.key);
      yield object;
    }
  }
}

/**
 * The first that is there of what the lookups find; they are tried in order. A store that fails matters only where
 * no other has it: then its error is thrown, since what it holds is not known.
 */
export async function firstFound<T>(lookups: readonly (() => Promise<T | null>)[]): Promise<T | null> {
  const failures: unknown[] = [];
  for (const lookup of lookups) {
    try {
      const found = await lookup();
      if (found !== null) return found;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return null;
}

/** The first failure, or success where all are usable. */
export async function checkAll(stores: readonly ObjectStorage[]): Promise<Result> {
  for (const store of stores) {
    const outcome = await store.check();
    if (!outcome.ok) return fail(outcome.reason, outcome.detail);
  }
  return ok();
}
