import type { ActiveStore, StoreName } from '../../../media/storage/switchable.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';

/** What this process knows of which store is active. */
export interface ActiveStoreCache extends ActiveStore {
  /** Makes a store the active one; every process knows it `maxAgeMs` after the commit. */
  set(tx: Tx, name: StoreName): Promise<void>;
}

/**
 * The row that names the active store, asked for again where the last answer is too old: so at most once in
 * that time however much is read and written, and not at all while nothing is. `fallback` holds where
 * nobody has ever chosen.
 */
export function createActiveStore(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly fallback: StoreName;
  readonly maxAgeMs: number;
}): ActiveStoreCache {
  const { db, clock, fallback, maxAgeMs } = deps;
  let known = fallback;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<StoreName> | undefined;

  const isFresh = () => clock.now() - askedAt < maxAgeMs;

  async function ask(): Promise<StoreName> {
    const began = clock.now();
    known = (await activeStoreOf(db)) ?? fallback;
    askedAt = began;
    return known;
  }

  function current(): Promise<StoreName> {
    if (isFresh()) return Promise.resolve(known);
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    known() {
      // Reading goes on without the database; whoever writes hears of its failure.
      if (!isFresh()) current().catch(() => undefined);
      return known;
    },
    current,
    async set(tx, name) {
      await tx('storage_state')
        .insert({ active: name, changed_at: tx.fn.now() })
        .onConflict('is_only')
        .merge();
    },
  };
}

/** The store that an admin chose, or null where nobody has. */
export async function activeStoreOf(db: Db): Promise<StoreName | null> {
  const row: { active: StoreName } | undefined = await db('storage_state').first('active');
  return row?.active ?? null;
}
