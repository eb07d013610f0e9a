import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveLimits } from '../../../config/account-limits.ts';
import { archiveKey } from '../../../media/keys.ts';
import { contentTypeOf } from '../../../media/storage/storage.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, ArchiveId } from '../../lib/ids.ts';
import type { Accounts } from '../accounts/index.ts';
import { type ContentsDeps, contentsOf } from './contents.ts';
import type { ArchiveRow, ArchiveStage } from './model.ts';
import { type WrittenZip, writeZip } from './zip.ts';

export interface MakingDeps extends ContentsDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly accounts: Pick<Accounts, 'byId' | 'byIds'>;
  /** Folder for unfinished work, on a disk of this machine. */
  readonly workDir: string;
  /** As they are now. */
  readonly rules: { readonly daysBetween: number; readonly daysKept: number };
}

export interface ArchiveJob {
  readonly archiveId: ArchiveId;
  readonly accountId: AccountId;
}

/**
 * The job `accounts.archive`: writes the archive to a file of this machine, stores that, and only then names it. Whoever
 * dies before leaves a file that the next try removes, or an object that nothing names and the next purge removes.
 */
export async function makeArchive(
  deps: MakingDeps,
  { archiveId, accountId }: ArchiveJob,
  run: JobRun,
): Promise<Finish | undefined> {
  const purge = (tx: Tx): Promise<null> => purgeOf(deps, tx, accountId).then(() => null);
  const row: ArchiveRow | undefined = await deps
    .db('archives')
    .where({ id: archiveId })
    .whereIn('state', ['waiting', 'working'])
    .first();
  // Not wanted any more; an earlier try may have stored it since then.
  if (!row) return purge;
  run.whenLost(() => deps.inTx((tx) => purgeOf(deps, tx, accountId)));
  const account = await deps.accounts.byId(accountId);
  if (account?.state !== 'active') return (tx) => failed(deps, tx, row);
  const gone = new AbortController();
  const signal = AbortSignal.any([run.signal, gone.signal]);
  try {
    return await inFolder(deps.workDir, archiveId, async (dir) => {
      const progress = progressOf(deps, archiveId, () => gone.abort(new Error('The archive is not wanted.')));
      const path = join(dir, 'archive.zip');
      const written = await writeZip(path, contentsOf(deps, account, progress.at), { signal });
      progress.at('storing', 1);
      await progress.settled();
      const key = archiveKey(account.id, written.sha256);
      await deps.storage.putFile(key, path, { contentType: contentTypeOf(key) });
      return (tx: Tx) => ready(deps, tx, row, { ...written, key });
    });
  } catch (error) {
    if (gone.signal.aborted) return purge;
    if (run.lastAttempt && !run.signal.aborted) await deps.inTx((tx) => failed(deps, tx, row));
    throw error;
  }
}

/** Names the archive, in place of any that was there before. */
async function ready(
  deps: MakingDeps,
  tx: Tx,
  { id, account_id }: ArchiveRow,
  { key, size }: WrittenZip & { readonly key: string },
): Promise<null> {
  const wanted = tx('archives').where({ id }).whereIn('state', ['waiting', 'working']);
  if (await wanted.clone().forUpdate().first('id')) {
    // First: of one moment, two that hold the same are the same object.
    await tx('archives').where({ account_id, state: 'ready' }).update({ state: 'expired', object_key: null });
    await wanted.update({
      ...{ state: 'ready', stage: null, percent: 100, object_key: key, bytes: size },
      finished_at: tx.fn.now(),
      expires_at: tx.raw(`now() + ? * interval '1 day'`, [deps.rules.daysKept]),
    });
  }
  // What earlier tries stored, what this one replaced, and this one, where it is not wanted any more.
  await purgeOf(deps, tx, account_id);
  return null;
}

async function failed(deps: MakingDeps, tx: Tx, { id, account_id }: ArchiveRow): Promise<null> {
  await tx('archives')
    .where({ id })
    .whereIn('state', ['waiting', 'working'])
    .update({ state: 'failed', stage: null, finished_at: tx.fn.now() });
  await purgeOf(deps, tx, account_id);
  return null;
}

/** Has what no archive of an account names removed. */
export function purgeOf(
  { enqueue }: Pick<MakingDeps, 'enqueue'>,
  tx: Tx,
  accountId: AccountId,
): Promise<void> {
  return enqueue(tx, { name: 'archives.purge', payload: { accountId }, key: `archives.purge:${accountId}` });
}

/** Runs `work` in an empty folder of its own; removes it afterwards, and before those of earlier tries that died. */
async function inFolder<T>(
  workDir: string,
  archiveId: ArchiveId,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  const name = `archive-${archiveId}-`;
  await mkdir(workDir, { recursive: true });
  for (const left of await readdir(workDir)) {
    if (left.startsWith(name)) await rm(join(workDir, left), { recursive: true, force: true });
  }
  const dir = await mkdtemp(join(workDir, name));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Where the stages lie between 0 and 100 percent. */
const SPANS: Readonly<Record<ArchiveStage, readonly [from: number, to: number]>> = {
  lists: [0, 2],
  posts: [2, 10],
  media: [10, 95],
  storing: [95, 99],
};

/** Writes now and then how far an archive is; tells where there is none any more. */
function progressOf({ db, clock }: MakingDeps, archiveId: ArchiveId, onGone: () => void) {
  let pending: Promise<void> = Promise.resolve();
  let [shown, last]: [ArchiveStage | null, number] = [null, 0];
  const save = async (stage: ArchiveStage, done: number): Promise<void> => {
    const [from, to] = SPANS[stage];
    const percent = Math.floor(from + (to - from) * Math.min(1, done));
    const written = await db('archives')
      .where({ id: archiveId })
      .whereIn('state', ['waiting', 'working'])
      .update({ state: 'working', stage, percent });
    if (written === 0) onGone();
  };
  return {
    at(stage: ArchiveStage, done: number): void {
      if (stage === shown && clock.now() - last < archiveLimits.progressEveryMs) return;
      [shown, last] = [stage, clock.now()];
      // A lost write costs nothing: what matters is written by the transaction that names the archive.
      pending = pending.then(() => save(stage, done)).catch(() => undefined);
    },
    settled: () => pending,
  };
}
