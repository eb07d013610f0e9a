import { mediaLimits } from '../../../config/media-limits.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import { createSwitchableStorage, type StoreName, type Stores } from '../../../media/storage/switchable.ts';
import { createTieredStorage } from '../../../media/storage/tiered.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import { createActiveStore } from './active.ts';
import { type CheckOptions, checkContent, type NamedStore } from './check.ts';
import { checkChoice } from './choice.ts';
import { lookupVideo } from './lookup.ts';
import { type MoveOptions, moveMedia, moveVideo } from './move.ts';
import { type ScanOptions, scanFindings, scanState, scanStorage } from './scan.ts';
import { createTiers } from './tiers.ts';
import { measureUse, measureWhenDue, storageUse } from './use.ts';

export { type StoreName, storeNames } from '../../../media/storage/switchable.ts';
export { bucketPlace, diskPlace } from './disk.ts';
export { createRoom, type Place, type Room } from './room.ts';
export { type StorageKind, storageKinds, storedBytes } from './use.ts';

export interface StorageDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  /** Media on this machine's disk. */
  readonly files: ObjectStorage;
  /** Media in object storage, where that is configured. */
  readonly s3: ObjectStorage | null;
  /** A second one, while media are moved from one to the other. */
  readonly secondS3: ObjectStorage | null;
  /** A cheaper store for what nobody watches, where that is configured. */
  readonly cold: ObjectStorage | null;
  readonly coldAfterMs: number;
  readonly enqueue: Enqueue;
  readonly audit: Audit;
  readonly log: Logger;
  /** Folder for unfinished work, on a disk of this machine. */
  readonly scratchDir: string;
  /** How long a process may go on without asking which store is active. */
  readonly activeMaxAgeMs?: number;
  /** Has the objects of a video made again from its source, where it still is to be had. */
  readonly remake: (tx: Tx, videoId: VideoId) => Promise<boolean>;
}

export type Storage = ReturnType<typeof createStorage>;

/** Where media lie: in files, in object storage, or under way from one to the other. */
export function createStorage(deps: StorageDeps) {
  const {
    db,
    clock,
    files,
    s3,
    secondS3,
    cold,
    activeMaxAgeMs: maxAgeMs = mediaLimits.activeStoreMaxAgeMs,
  } = deps;
  const hotStores: Stores = new Map([
    ['files', files],
    ...(s3 ? [['s3', s3] as const] : []),
    ...(secondS3 ? [['second-s3', secondS3] as const] : []),
  ]);
  const fallback = s3 === null ? 'files' : 's3';
  const active = createActiveStore({ db, clock, maxAgeMs, fallback, stores: hotStores });
  const hot = hotStores.size === 1 ? files : createSwitchableStorage({ stores: hotStores, active });
  const tiers = cold && createTiers({ ...deps, hot, cold });
  const objects = tiers && cold ? createTieredStorage({ hot, cold, onColdRead: tiers.onColdRead }) : hot;
  const stores: NamedStore[] = [...hotStores].map(([name, store]) => ({ name, store }));
  if (cold !== null) stores.push({ name: 'cold', store: cold });
  return {
    /** All of them as one store, for everybody who reads and writes media. */
    objects,

    /** Proves that media can be kept, and that what an admin chose is still configured. */
    async check(): Promise<Result> {
      const chosen = await checkChoice({ db, stores: hotStores });
      if (!chosen.ok) return chosen;
      const outcome = await objects.check();
      if (!outcome.ok) return outcome;
      await active.current();
      return ok();
    },

    /** Moves all media into one of the stores, while the server goes on. */
    move: (to: StoreName, options?: MoveOptions) =>
      moveMedia({ ...deps, stores: hotStores, active, settleMs: 2 * maxAgeMs }, to, options),

    /** Moves what is stored for one video, and nothing else. */
    moveVideo: (videoId: VideoId, to: StoreName, options: { readonly dryRun: boolean }) =>
      moveVideo({ ...deps, stores: hotStores }, videoId, to, options),

    /** Where the objects of a video lie, by its id or an address. */
    lookup: (id: VideoId | null, address: string) => lookupVideo({ db, stores }, id, address),

    /** Reads all media and compares it with what is known of it. */
    checkContent: (options?: CheckOptions) => checkContent({ ...deps, stores }, options),

    /** What is stored by kind, as it was added up last. */
    use: {
      last: () => storageUse(db),
      measure: () => measureUse(deps),
      measureWhenDue: () => measureWhenDue(deps),
    },

    /** Looks for objects that no row names, and for rows whose objects are nowhere. */
    scan: {
      run: (options: ScanOptions) => scanStorage({ ...deps, objects }, options),
      last: () => scanState(db),
      findings: (after: string | null, limit: number) => scanFindings(db, after, limit),
      /** Has it done in the background, for somebody of the staff. */
      async ask(
        tx: Tx,
        by: Actor,
        { mend }: { readonly mend: boolean },
      ): Promise<Result<object, 'permission-missing'>> {
        const allowed = permitted(by, 'storage');
        if (!allowed.ok) return allowed;
        await deps.enqueue(tx, { name: 'storage.scan', payload: { mend }, key: `storage.scan:${mend}` });
        const action = mend ? 'storage.mend' : 'storage.scan';
        await deps.audit.record(tx, by, { action, target: { kind: 'storage', id: 'objects' } });
        return ok();
      },
    },

    /** Asks for the videos to be moved that nobody watched for long; gives their number. */
    coolDue: async () => tiers?.coolDue() ?? 0,

    /** Of jobs that were left behind by a server with a cheaper store, nothing is to be done without one. */
    jobs: {
      cool: async (videoId: VideoId, run: JobRun) => tiers?.cool(videoId, run),
      warm: async (key: string) => tiers?.warm(key),
      async scan({ mend }: { readonly mend: boolean }, { signal }: JobRun): Promise<undefined> {
        await scanStorage({ ...deps, objects }, { mend, signal });
      },
    },
  };
}
