import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mediaLimits } from '../../../config/media-limits.ts';
import { prefixesOf } from '../../../media/keys.ts';
import { checkKey, isSafeKey, type ObjectStorage } from '../../../media/storage/storage.ts';
import type { StoreName, Stores } from '../../../media/storage/switchable.ts';
import { fitsKey, transfer } from '../../../media/storage/transfer.ts';
import type { Db, InTx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { ActiveStoreCache } from './active.ts';

export interface MoveDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly stores: Stores;
  readonly active: ActiveStoreCache;
  readonly scratchDir: string;
  /** After this every process knows which store is active. */
  readonly settleMs: number;
}

export interface MoveProgress {
  readonly objects: number;
  readonly bytes: number;
}

export interface MoveOptions {
  /** Leaves the objects where they were as well. */
  readonly keep?: boolean;
  /** Only adds up what would be moved; new media go where they went before. */
  readonly dryRun?: boolean;
  readonly onProgress?: (progress: MoveProgress) => void;
}

export type MoveOutcome = Result<
  MoveProgress & { readonly damaged: readonly string[]; readonly foreign: number },
  'no-s3' | 'busy'
>;

/** Any number, the same for every process: one of them moves at a time. */
const MOVE_LOCK = 7_461_339;

/**
 * Makes a store the active one, and moves to it everything that lies in the others. The server may go on
 * serving and writing meanwhile. Cut off at any point, it is simply called again: objects that were copied
 * already are verified and not sent a second time. Throws where a copy cannot be made or read back.
 */
export function moveMedia(deps: MoveDeps, to: StoreName, options: MoveOptions = {}): Promise<MoveOutcome> {
  const { db, inTx, active } = deps;
  const route = routeTo(to, deps.stores);
  if (!route.ok) return Promise.resolve(route);
  return db.transaction(async (lock) => {
    const { rows } = await lock.raw<{ rows: { mine: boolean }[] }>(
      'select pg_try_advisory_xact_lock(?) as mine',
      [MOVE_LOCK],
    );
    if (!rows[0]?.mine) return fail('busy', 'Media is being moved already.');
    if (options.dryRun) return ok(await addUp(route.sources));
    await inTx((tx) => active.set(tx, to));
    // Whatever was begun under the old choice is either done then, or sees the new one before it ends.
    await pause(deps.settleMs);
    return withScratch(deps.scratchDir, async (scratch) => {
      const total = { objects: 0, bytes: 0, foreign: 0 };
      const damaged: string[] = [];
      for (const source of route.sources) {
        await moveAll({ ...options, source, goal: route.goal, scratch }, total, damaged);
      }
      return ok({ ...total, damaged });
    });
  });
}

/**
 * Moves what is stored for one video, without changing where new media go: it is read from wherever it lies. Safe to
 * repeat, as `moveMedia`.
 */
export async function moveVideo(
  deps: Omit<MoveDeps, 'active' | 'settleMs'>,
  videoId: VideoId,
  to: StoreName,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Result<MoveProgress & { readonly damaged: readonly string[] }, 'no-s3'>> {
  const route = routeTo(to, deps.stores);
  if (!route.ok) return route;
  const { goal, sources } = route;
  const total = { objects: 0, bytes: 0 };
  const damaged: string[] = [];
  return withScratch(deps.scratchDir, async (scratch) => {
    for (const source of sources) {
      for (const prefix of prefixesOf(videoId)) {
        for await (const { key, size } of source.list(prefix)) {
          const moved = dryRun ? { size, isWhole: true } : await moveOne({ source, goal, scratch }, key);
          if (moved === null) continue;
          total.objects += 1;
          total.bytes += moved.size;
          if (!moved.isWhole) damaged.push(key);
        }
      }
    }
    return ok({ ...total, damaged });
  });
}

/** Where to, and from where. */
function routeTo(
  to: StoreName,
  stores: Stores,
): Result<{ readonly goal: ObjectStorage; readonly sources: readonly ObjectStorage[] }, 'no-s3'> {
  const goal = stores.get(to);
  const sources = [...stores].flatMap(([name, store]) => (name === to ? [] : [store]));
  if (to === 'second-s3' && !goal)
    return fail('no-s3', 'There is no second object storage: set SECOND_S3_ENDPOINT.');
  if (!goal || sources.length === 0) return fail('no-s3', 'There is no object storage: set S3_ENDPOINT.');
  return ok({ goal, sources });
}

async function withScratch<T>(scratchDir: string, work: (scratch: string) => Promise<T>): Promise<T> {
  await mkdir(scratchDir, { recursive: true });
  const scratch = await mkdtemp(join(scratchDir, 'move-'));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function addUp(sources: readonly ObjectStorage[]) {
  const total = { objects: 0, bytes: 0, foreign: 0 };
  for (const source of sources) {
    for await (const { key, size } of source.list('')) {
      if (key === checkKey) continue;
      if (!isSafeKey(key)) {
        total.foreign += 1;
        continue;
      }
      total.objects += 1;
      total.bytes += size;
    }
  }
  return { ...total, damaged: [] };
}

interface Move extends MoveOptions {
  readonly source: ObjectStorage;
  readonly goal: ObjectStorage;
  readonly scratch: string;
}

/** Everything of one store; adds to what was moved, and to the names of what was damaged before. */
async function moveAll(
  move: Move,
  total: { objects: number; bytes: number; foreign: number },
  damaged: string[],
): Promise<void> {
  for (;;) {
    const before = total.objects;
    let foreign = 0;
    await withEach(move.source.list(''), async ({ key }) => {
      if (key === checkKey) return;
      if (!isSafeKey(key)) {
        foreign += 1;
        return;
      }
      const moved = await moveOne(move, key);
      if (moved === null) return;
      total.objects += 1;
      total.bytes += moved.size;
      if (!moved.isWhole && damaged.length < mediaLimits.maxReportedObjects) damaged.push(key);
      move.onProgress?.(total);
    });
    // What was being written when the stores were switched may have come late.
    if (!move.keep && total.objects > before) continue;
    total.foreign += foreign;
    return;
  }
}

/** Null where it was removed meanwhile. An object that does not fit its key is moved and told of. */
async function moveOne({ source, goal, scratch, keep }: Move, key: string) {
  const moved = await transfer({
    ...{ from: source, to: goal, key, scratchDir: scratch },
    // The goal is active: what differs there was written later, unless its own key contradicts it.
    keeps: (there) => fitsKey(key, there),
  });
  if (moved === null) return null;
  if ((await source.stat(key)) === null) {
    await goal.remove([key]);
    return null;
  }
  if (!keep) await source.remove([key]);
  return { size: moved.size, isWhole: fitsKey(key, moved) };
}

/** Works on some at once. After a failure nothing new is begun, and nothing still runs when it rejects. */
async function withEach<T>(items: AsyncIterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let hasFailed = false;
  const worker = async () => {
    try {
      for (let next = await iterator.next(); !next.done && !hasFailed; next = await iterator.next()) {
        await work(next.value);
      }
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: mediaLimits.objectsMovedAtOnce }, worker));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
