import { backupLimits } from '../../../config/backup-limits.ts';
import type { Db } from '../../db/database.ts';
import type { Result } from '../../lib/result.ts';

/** What is done about backups: making one, reading it to the last byte, and trying a restore. */
export const runKinds = ['create', 'verify', 'rehearse'] as const;
export type RunKind = (typeof runKinds)[number];

/** Numbers of what came of it, such as tables, rows and objects. */
export type RunDetail = Readonly<Record<string, number>>;

/** Tells how far the work is. */
export type Tell = (step: string) => void;

/** One attempt. */
export interface BackupRun {
  readonly kind: RunKind;
  readonly name: string | null;
  /** `cut-off`: its process has said nothing for a while, and will not end it. */
  readonly state: 'running' | 'done' | 'failed' | 'cut-off';
  /** How far it is, where it runs. */
  readonly step: string | null;
  readonly startedAt: Date;
  /** Null: it is under way, or its process was killed. */
  readonly finishedAt: Date | null;
  /** Null: it went well, or has not ended. */
  readonly fault: string | null;
  readonly bytes: number;
  readonly detail: RunDetail;
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

interface RunFacts {
  readonly name: string;
  readonly bytes: number;
  readonly detail: RunDetail;
}

/** What became of backups, of reading them and of rehearsals. */
export function createRuns(db: Db, now: () => Date) {
  const ofKind = (kind: RunKind) => db('backup_runs').where({ kind });

  /** Writes down again and again how far the work is, and that somebody is at it. */
  function follow(row: { id: string }) {
    let step: string | null = null;
    const write = () =>
      db('backup_runs')
        .where(row)
        .update({ step, seen_at: now() })
        // The work goes on; the next time may do better.
        .catch(() => undefined);
    const timer = setInterval(write, backupLimits.tellMs);
    return {
      tell(next: string) {
        step = next;
      },
      stop: () => clearInterval(timer),
    };
  }

  function stateOf(
    row: { finished_at: Date | null; fault: string | null; seen_at: Date | null },
    begun: Date,
  ) {
    if (row.finished_at !== null) return row.fault === null ? 'done' : 'failed';
    const silentMs = now().getTime() - (row.seen_at ?? begun).getTime();
    return silentMs > backupLimits.cutOffMs ? 'cut-off' : 'running';
  }

  return {
    /** Keeps a record of the work, however it ends. What is thrown is thrown on. */
    async record<T extends object, R extends string>(
      kind: RunKind,
      work: (tell: Tell) => Promise<Result<T, R>>,
      factsOf: (done: T) => RunFacts,
    ): Promise<Result<T, R>> {
      const [row] = await db('backup_runs')
        .insert({ kind, started_at: now(), seen_at: now() })
        .returning('id');
      const { tell, stop } = follow(row);
      const end = (fields: object) =>
        db('backup_runs')
          .where(row)
          .update({ finished_at: now(), step: null, ...fields });
      try {
        const outcome = await work(tell);
        // Another process is at it, and keeps the record.
        if (!outcome.ok && outcome.reason === 'busy') await db('backup_runs').where(row).delete();
        else await end(outcome.ok ? fieldsOf(factsOf(outcome)) : { fault: outcome.detail ?? outcome.reason });
        return outcome;
      } catch (error) {
        await end({ fault: error instanceof Error ? error.message : String(error) });
        throw error;
      } finally {
        stop();
      }
    },

    async list(limit: number): Promise<BackupRun[]> {
      const rows = await db('backup_runs').orderBy('id', 'desc').limit(limit);
      return rows.map((row) => ({
        ...{ kind: row.kind, name: row.name, state: stateOf(row, row.started_at), step: row.step },
        ...{ startedAt: row.started_at, finishedAt: row.finished_at, fault: row.fault },
        ...{ bytes: Number(row.bytes), detail: row.detail ?? {} },
      }));
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

const fieldsOf = ({ name, bytes, detail }: RunFacts) => ({ name, bytes, detail: JSON.stringify(detail) });

/** When this server was started for the first time. */
export async function firstStart(db: Db): Promise<Date> {
  const row = await db('migrations').min('migration_time as at').first();
  return row?.at ?? new Date(0);
}
