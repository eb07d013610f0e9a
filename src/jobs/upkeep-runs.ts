import type { Db } from '../db/database.ts';
import { processName } from './leases.ts';

/** How a task of the upkeep last went. */
export interface UpkeepRun {
  readonly task: string;
  readonly worker: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** When it last ended well; null: never. */
  readonly okAt: Date | null;
  /** In a row. */
  readonly failures: number;
  readonly lastError: string | null;
}

/** Writes down that a task of the upkeep ran, and how: one that fails, or does not run any more, is seen. */
export async function noteUpkeep(
  db: Pick<Db, 'raw'>,
  task: string,
  { startedAt, error }: { readonly startedAt: Date; readonly error: unknown },
): Promise<void> {
  const failed =
    error === null ? null : String(error instanceof Error ? error.message : error).slice(0, 1_000);
  await db.raw(
    `insert into upkeep_runs (task, worker, started_at, ended_at, ok_at, failures, last_error)
     values (:task, :worker, :startedAt, now(), case when :failed::text is null then now() end,
             case when :failed::text is null then 0 else 1 end, :failed)
     on conflict (task) do update
       set worker = excluded.worker, started_at = excluded.started_at, ended_at = excluded.ended_at,
           ok_at = coalesce(excluded.ok_at, upkeep_runs.ok_at),
           failures = case when excluded.failures = 0 then 0 else upkeep_runs.failures + 1 end,
           last_error = excluded.last_error`,
    { task, worker: processName, startedAt, failed },
  );
}

/** How every task last went, by name. */
export async function upkeepRuns(db: Db): Promise<UpkeepRun[]> {
  return db('upkeep_runs')
    .orderBy('task')
    .select('task', 'worker', 'started_at as startedAt', 'ended_at as endedAt', 'ok_at as okAt', 'failures')
    .select('last_error as lastError');
}
