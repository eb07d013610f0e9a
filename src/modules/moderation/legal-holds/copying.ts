import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { legalHoldLimits } from '../../../../config/legal-hold-limits.ts';
import { sha256Of } from '../../../../media/asset.ts';
import { legalHoldKey } from '../../../../media/keys.ts';
import { contentTypeOf, type ObjectStorage } from '../../../../media/storage/storage.ts';
import type { Db, InTx, Tx } from '../../../db/database.ts';
import type { Enqueue } from '../../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../../jobs/registry.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { LegalHoldId } from '../../../lib/ids.ts';
import type { ItemRow } from './model.ts';

export interface CopyDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly storage: ObjectStorage;
  /** Absolute. */
  readonly workDir: string;
}

const DAY = 24 * 3_600_000;

export const enqueueCopies = ({ enqueue }: Pick<CopyDeps, 'enqueue'>, tx: Tx, holdId: LegalHoldId) =>
  enqueue(tx, { name: 'legal-holds.copy', payload: { holdId }, key: `legal-holds.copy:${holdId}` });

/** The files of holds: copied to where no deletion reaches them, and removed once a released hold cannot be taken up again. */
export function heldCopies(deps: CopyDeps) {
  const { db, inTx, clock, storage } = deps;
  return {
    /** The job: what is copied is marked one by one, so that whoever comes after goes on from there. */
    async copy(holdId: LegalHoldId, run: JobRun): Promise<Finish | undefined> {
      const waiting: ItemRow[] = await db('legal_hold_items')
        .where({ hold_id: holdId, state: 'waiting' })
        .orderBy('id');
      for (const item of waiting) {
        run.signal.throwIfAborted();
        await copyOne(deps, item);
      }
      return undefined;
    },

    /**
     * Removes holds that were released long enough ago, and sets off copies whose job failed for good. Returns what went; `bytes` are
     * those of the objects.
     */
    async sweep(signal: AbortSignal): Promise<{ rows: number; bytes: number }> {
      const stuck: LegalHoldId[] = await db('legal_hold_items')
        .where({ state: 'waiting' })
        .distinct()
        .pluck('hold_id');
      for (const holdId of stuck) await inTx((tx) => enqueueCopies(deps, tx, holdId));
      const before = new Date(clock.now() - legalHoldLimits.releasedDays * DAY);
      const due: LegalHoldId[] = await db('legal_holds').where('released_at', '<', before).pluck('id');
      const gone = { rows: 0, bytes: 0 };
      for (const id of due) {
        signal.throwIfAborted();
        await inTx(async (tx) => {
          // Whoever takes the hold up again meanwhile has the files; whoever comes later finds no hold.
          const row = await tx('legal_holds')
            .where({ id })
            .where('released_at', '<', before)
            .forUpdate()
            .first('id');
          if (!row) return;
          const items: ItemRow[] = await tx('legal_hold_items').where({ hold_id: id }).whereNotNull('key');
          await storage.remove(items.flatMap(({ key }) => key ?? []));
          gone.rows += await tx('legal_holds').where({ id }).delete();
          gone.bytes += items.reduce((sum, { bytes }) => sum + Number(bytes ?? 0), 0);
        });
      }
      return gone;
    },
  };
}

async function copyOne({ db, clock, storage, workDir }: CopyDeps, item: ItemRow): Promise<void> {
  await mkdir(workDir, { recursive: true });
  const dir = await mkdtemp(join(workDir, 'hold-'));
  try {
    const path = join(dir, 'copy');
    const mine = db('legal_hold_items').where({ id: item.id });
    if (!(item.source_key !== null && (await storage.download(item.source_key, path)))) {
      await mine.update({ state: 'missing' });
      return;
    }
    const sha256 = await sha256Of(path);
    const key = legalHoldKey(item.hold_id, sha256);
    await storage.putFile(key, path, { contentType: contentTypeOf(key) });
    const stored = await storage.stat(key);
    await mine.update({
      ...{ state: 'kept', key, sha256, bytes: stored?.size ?? 0 },
      kept_at: new Date(clock.now()),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
