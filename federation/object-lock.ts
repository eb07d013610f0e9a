import type { Tx } from '../src/db/database.ts';

/**
 * Makes activities about one object wait for each other until the transaction ends, so that a Create and its
 * Delete cannot pass one another unseen (federation-interop.md 2).
 */
export async function lockObject(tx: Tx, uri: string): Promise<void> {
  await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [uri]);
}

/** `lockObject` of many, always in the same order, so that two who want some of the same cannot block each other. */
export async function lockObjects(tx: Tx, uris: readonly string[]): Promise<void> {
  if (uris.length === 0) return;
  await tx.raw('select pg_advisory_xact_lock(hashtextextended(uri, 0)) from unnest(?::text[]) as uri', [
    [...new Set(uris)].sort(),
  ]);
}
