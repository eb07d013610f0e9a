import type { ActiveStore, StoreName, Stores } from '../../../media/storage/switchable.ts';
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
  readonly stores: Stores;
  readonly fallback: StoreName;
  readonly maxAgeMs: number;
}): ActiveStoreCache {
  const { db, clock, stores, fallback, maxAgeMs } = deps;
  let known = fallback;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<StoreName> | undefined;

  const isFresh = () => clock.now() - askedAt < maxAgeMs;

  async function ask(): Promise<StoreName> {
    const began = clock.now();
    const row = await activeStoreOf(db);
    const name = row ? nameOf(row, stores) : fallback;
    if (name === null) throw new Error(`Media are written to ${row?.address}, which is not configured here`);
    known = name;
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
      const address = stores.get(name)?.address ?? null;
      await tx('storage_state')
        .insert({ active: name === 'files' ? name : 's3', address, changed_at: tx.fn.now() })
        .onConflict('is_only')
        .merge();
    },
  };
}

/** The store that an admin chose: files or a bucket, and which one. */
export interface ChosenStore {
  readonly active: 'files' | 's3';
  readonly address: string | null;
}

/** The choice of an admin, or null where nobody has made one. */
export async function activeStoreOf(db: Db): Promise<ChosenStore | null> {
  const row: ChosenStore | undefined = await db('storage_state').first('active', 'address');
  return row ?? null;
}

/**
 * What the chosen store is called here; null where it is not configured. Buckets are known by their addresses, so that
 * `S3_*` and `SECOND_S3_*` can change places, also process by process.
 */
export function nameOf({ active, address }: ChosenStore, stores: Stores): StoreName | null {
  if (active === 'files') return 'files';
  if (address === null) return stores.has('s3') ? 's3' : null;
  return [...stores].find(([, store]) => store.address === address)?.[0] ?? null;
}
