import { backupLimits } from '../../../config/backup-limits.ts';
import type { Db } from '../../db/database.ts';
import type { Result } from '../../lib/result.ts';

export type RunKind = 'create' | 'rehearse';

/** One attempt. */
export interface BackupRun {
  readonly kind: RunKind;
  readonly name: string | null;
  readonly startedAt: Date;
  /** Null: it is under way, or its process was killed. */
  readonly finishedAt: Date | null;
  /** Null: it went well, or has not ended. */
  readonly fault: string | null;
  readonly bytes: number;
}

export interface BackupStatus {
  /** When the newest good backup was finished; null: there is none yet. */
  readonly lastGoodAt: Date | null;
  readonly lastRehearsalAt: Date | null;
  /** What was wrong the last time, where that time went wrong. */
  readonly lastError: string | null;
  /** No good backup for too long: somebody has to look. */
  readonly isStale: boolean;
}

const columns = [
  ...['kind', 'name', 'started_at as startedAt', 'finished_at as finishedAt', 'fault', 'bytes'],
] as const;

/** What became of backups and rehearsals. */
export function createRuns(db: Db, now: () => Date) {
  const ofKind = (kind: RunKind) => db('backup_runs').where({ kind });
  return {
    /** Keeps a record of the work, however it ends. What is thrown is thrown on. */
    async record<T extends object, R extends string>(
      kind: RunKind,
      work: () => Promise<Result<T, R>>,
      factsOf: (done: T) => { name: string; bytes: number },
    ): Promise<Result<T, R>> {
      const [row] = await db('backup_runs').insert({ kind, started_at: now() }).returning('id');
      const end = (fields: object) =>
        db('backup_runs')
          .where(row)
          .update({ finished_at: now(), ...fields });
      try {
        const outcome = await work();
        // Another process is at it, and keeps the record.
        if (!outcome.ok && outcome.reason === 'busy') await db('backup_runs').where(row).delete();
        else await end(outcome.ok ? factsOf(outcome) : { fault: outcome.detail ?? outcome.reason });
        return outcome;
      } catch (error) {
        await end({ fault: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    },

    async list(limit: number): Promise<BackupRun[]> {
      const rows = await db('backup_runs').select(columns).orderBy('id', 'desc').limit(limit);
      return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
    },

    /** When the last one began, and whether it went well. */
    async last(kind: RunKind): Promise<{ startedAt: Date; isGood: boolean } | null> {
      const row = await ofKind(kind).orderBy('id', 'desc').first('started_at', 'finished_at', 'fault');
      return row
        ? { startedAt: row.started_at, isGood: row.finished_at !== null && row.fault === null }
        : null;
    },

    async status(isWanted: boolean): Promise<BackupStatus> {
      const good = (kind: RunKind) =>
        ofKind(kind).whereNotNull('finished_at').whereNull('fault').max('finished_at as at').first();
      const [made, rehearsed, ended] = await Promise.all([
        good('create'),
        good('rehearse'),
        db('backup_runs').whereNotNull('finished_at').orderBy('id', 'desc').first('fault'),
      ]);
      const lastGoodAt: Date | null = made?.at ?? null;
      const since = lastGoodAt ?? (await firstStart(db));
      const age = now().getTime() - since.getTime();
      return {
        lastGoodAt,
        lastRehearsalAt: rehearsed?.at ?? null,
        lastError: ended?.fault ?? null,
        isStale: isWanted && age > backupLimits.staleMs,
      };
    },

    async sweep(): Promise<void> {
      await db('backup_runs')
        .where('started_at', '<', new Date(now().getTime() - backupLimits.runsKeptMs))
        .delete();
    },
  };
}

/** When this server was started for the first time. */
export async function firstStart(db: Db): Promise<Date> {
  const row = await db('migrations').min('migration_time as at').first();
  return row?.at ?? new Date(0);
}
