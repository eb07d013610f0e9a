import { archiveLimits } from '../../../config/account-limits.ts';
import { archivePrefix } from '../../../media/keys.ts';
import type { OpenedObject } from '../../../media/storage/storage.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { AccountId, ArchiveId, IdSource } from '../../lib/ids.ts';
import { type Failure, fail, ok } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import { contentsOf } from './contents.ts';
import { type ArchiveJob, type MakingDeps, makeArchive, purgeOf } from './making.ts';
import { type Archive, type ArchiveRow, archiveFromRow } from './model.ts';
import { type WrittenZip, writeZip } from './zip.ts';

export { type Archive, archiveStages } from './model.ts';

export interface ArchiveDeps extends MakingDeps {
  readonly ids: IdSource;
}

/** An archive that its owner may fetch. */
export interface StoredArchive {
  readonly size: number;
  readonly etag: string;
  readonly createdAt: Date;
  /** Null where it was removed in this moment. */
  open(range: { readonly start: number; readonly end: number }): Promise<OpenedObject | null>;
}

export type Archives = ReturnType<typeof createArchives>;

const underWay = ['waiting', 'working'];
const keyOf = (id: ArchiveId | string) => `archive:${id}`;

/**
 * Everything of an account in one file, for its owner and nobody else: every read and write names the owner (security.md
 * A10). Made by a worker, one at a time for each account, and kept for some days (ADR 0024).
 */
export function createArchives(deps: ArchiveDeps) {
  const { db, storage } = deps;
  const newestOf = (from: typeof db | Tx, accountId: AccountId): Promise<ArchiveRow | undefined> =>
    from('archives').where({ account_id: accountId }).orderBy('id', 'desc').first();
  /** Those whose job was given up. */
  const abandoned = (tx: Tx) =>
    tx('archives')
      .whereIn('state', underWay)
      .whereNotExists(
        tx('jobs')
          .whereRaw(`jobs.key = 'archive:' || archives.id`)
          .where('jobs.state', 'pending')
          .select('jobs.id'),
      );
  const givenUp = { state: 'failed', stage: null, finished_at: db.fn.now() };

  return {
    /** Has an archive made. `retryAfterSeconds` says when the next one may be asked for. */
    async ask(
      tx: Tx,
      accountId: AccountId,
    ): Promise<
      | { readonly ok: true; readonly archive: Archive }
      | (Failure<'archive-running' | 'archive-too-soon'> & { readonly retryAfterSeconds?: number })
    > {
      await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
      await abandoned(tx).where({ account_id: accountId }).update(givenUp);
      const before = await newestOf(tx, accountId);
      if (before && underWay.includes(before.state)) {
        return fail('archive-running', 'Your archive is being made. Wait until that is done.');
      }
      // One that failed was of no use to anybody.
      const counts = tx('archives').where({ account_id: accountId }).whereNot({ state: 'failed' });
      const last = await counts
        .orderBy('id', 'desc')
        .first<{ wait: number } | undefined>(
          tx.raw(`ceil(extract(epoch from created_at + ? * interval '1 day' - now()))::int as wait`, [
            deps.rules.daysBetween,
          ]),
        );
      if (last && last.wait > 0) {
        const sentence = `An archive can be made once in ${deps.rules.daysBetween} days.`;
        return { ...fail('archive-too-soon', sentence), retryAfterSeconds: last.wait };
      }
      await tx('archives').where({ account_id: accountId }).whereIn('state', ['failed', 'expired']).delete();
      const id = deps.ids.next<'archive'>();
      const [row] = await tx('archives')
        .insert({ id, account_id: accountId, state: 'waiting' })
        .returning<ArchiveRow[]>('*');
      if (!row) throw new Error('An archive could not be begun.');
      await deps.enqueue(tx, {
        name: 'accounts.archive',
        payload: { archiveId: id, accountId },
        key: keyOf(id),
      });
      return ok({ archive: archiveFromRow(row) });
    },

    /**
     * Writes the same archive to a file of this machine that must not be there yet, for whoever runs the server; nothing of it is
     * kept elsewhere. Throws what the disk threw.
     */
    writeTo: (account: Account, path: string, tell: (stage: string) => void): Promise<WrittenZip> =>
      writeZip(path, contentsOf(deps, account, tell), { signal: new AbortController().signal }),

    /** The newest of an account, or null. */
    async newest(accountId: AccountId): Promise<Archive | null> {
      const row = await newestOf(db, accountId);
      return row ? archiveFromRow(row) : null;
    },

    /** The archive of an account that may be fetched at this moment, or null. */
    async stored(accountId: AccountId): Promise<StoredArchive | null> {
      const row: ArchiveRow | undefined = await db('archives')
        .where({ account_id: accountId, state: 'ready' })
        .where('expires_at', '>', db.fn.now())
        .orderBy('id', 'desc')
        .first();
      const key = row?.object_key;
      if (!row || !key) return null;
      return {
        ...{ size: Number(row.bytes), etag: `"${row.id}"`, createdAt: row.created_at },
        open: (range) => storage.open(key, range),
      };
    },

    /** What archives take together. */
    async usage(): Promise<{ kind: string; objects: number; bytes: number }[]> {
      const row = await db('archives')
        .where({ state: 'ready' })
        .first<{ objects: string; bytes: string }>(
          db.raw('count(*) as objects, coalesce(sum(bytes), 0) as bytes'),
        );
      const use = { objects: Number(row.objects), bytes: Number(row.bytes) };
      return use.objects === 0 ? [] : [{ kind: 'local archive', ...use }];
    },

    /** Takes back what was there to be fetched for long enough, and gives up what no worker makes any more. */
    expire: (): Promise<number> =>
      deps.inTx(async (tx) => {
        const due = tx('archives')
          .where({ state: 'ready' })
          .where('expires_at', '<=', tx.fn.now())
          .orderBy('expires_at')
          .limit(archiveLimits.expiredAtOnce)
          .forUpdate()
          .skipLocked()
          .select('id');
        const expired = await tx('archives')
          .whereIn('id', due)
          .update({ state: 'expired', object_key: null })
          .returning<{ account_id: AccountId }[]>('account_id');
        const given = await abandoned(tx)
          .update(givenUp)
          .returning<{ account_id: AccountId }[]>('account_id');
        for (const { account_id } of [...expired, ...given]) await purgeOf(deps, tx, account_id);
        return expired.length;
      }),

    /** Reaction to the end of an account: from now on no row names an object, so that the purge may take them all. */
    async onEnded(tx: Tx, { accountId }: { accountId: AccountId }): Promise<void> {
      const own = () => tx('archives').where({ account_id: accountId });
      await own().whereIn('state', underWay).update(givenUp);
      await own().where({ state: 'ready' }).update({ state: 'expired', object_key: null });
      await purgeOf(deps, tx, accountId);
    },

    jobs: {
      make: (job: ArchiveJob, run: JobRun) => makeArchive(deps, job, run),
      purge: (accountId: AccountId, run: JobRun) => purge(deps, accountId, run),
    },
  };
}

/** Removes the objects of an account that no archive names. While one is being made, it comes back later. */
async function purge(deps: ArchiveDeps, accountId: AccountId, run: JobRun): Promise<Finish | undefined> {
  const { db, storage } = deps;
  const found: string[] = [];
  for await (const { key } of storage.list(archivePrefix(accountId))) {
    run.signal.throwIfAborted();
    found.push(key);
  }
  if (found.length === 0) return undefined;
  // Looked at after the objects: what is named since then was not among them, or is named by now.
  const busy = await db('archives').where({ account_id: accountId }).whereIn('state', underWay).first('id');
  if (busy) return async () => new Date(deps.clock.now() + archiveLimits.purgePauseMs);
  const named = new Set<string>(
    await db('archives').where({ account_id: accountId }).whereNotNull('object_key').pluck('object_key'),
  );
  await storage.remove(found.filter((key) => !named.has(key)));
  return undefined;
}
