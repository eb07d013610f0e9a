import type { Db, Tx } from '../../db/database.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import type { RunKind } from './runs.ts';

/** Something that somebody of the staff wants done, and that no worker has begun yet. */
export interface BackupAsk {
  readonly kind: RunKind;
  /** Null: the newest. */
  readonly name: string | null;
  readonly askedAt: Date;
}

/** Work on backups that is asked for on the page and done by a worker: it takes longer than any request may. */
export function askingPart(db: Db, audit: Audit, now: () => Date) {
  return {
    /** Has a worker do it within seconds. Asking again while it waits changes only which backup is meant. */
    async ask(
      tx: Tx,
      by: Actor,
      { kind, name }: Pick<BackupAsk, 'kind' | 'name'>,
    ): Promise<Result<object, 'permission-missing'>> {
      const allowed = permitted(by, 'storage');
      if (!allowed.ok) return allowed;
      await tx('backup_asks').insert({ kind, name, asked_at: now() }).onConflict('kind').merge(['name']);
      const target = { kind: 'storage', id: name ?? 'backup' } as const;
      await audit.record(tx, by, { action: `backup.${kind}`, target });
      return ok();
    },

    /** What waits for a worker, the oldest first. */
    async asked(): Promise<BackupAsk[]> {
      const rows = await db('backup_asks').orderBy('asked_at');
      return rows.map(({ kind, name, asked_at: askedAt }) => ({ kind, name, askedAt }));
    },

    /** The next of them, which nobody else gets then. */
    async take(): Promise<BackupAsk | null> {
      const { rows } = await db.raw<{ rows: BackupAsk[] }>(
        `delete from backup_asks where kind = (
           select kind from backup_asks order by asked_at limit 1 for update skip locked)
         returning kind, name, asked_at as "askedAt"`,
      );
      return rows[0] ?? null;
    },

    /** For the next turn, unless somebody has asked meanwhile. */
    async putBack({ kind, name, askedAt }: BackupAsk): Promise<void> {
      await db('backup_asks').insert({ kind, name, asked_at: askedAt }).onConflict('kind').ignore();
    },
  };
}
