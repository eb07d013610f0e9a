import { z } from 'zod';
import { maintenanceLimits } from '../../../config/maintenance-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { announceWaiting } from '../../jobs/desk.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, type AuditEntry, permitted } from '../staff/index.ts';

/** A lock that holds. */
export interface Lock {
  readonly since: Date;
  /** Why, for the people who are turned away. */
  readonly note: string;
}

export type ServerLock = ReturnType<typeof createServerLock>;

type Refusal = 'permission-missing' | 'validation-failed' | 'conflict';

const TARGET = { kind: 'setting', id: 'server-lock' } as const;

/** The lock as it is in the database; null: the server is open. */
export async function readLock(conn: Db | Tx): Promise<Lock | null> {
  return (await conn('server_lock').first('since', 'note')) ?? null;
}

/**
 * Closes the whole server for work on it: people and other servers read on and change nothing, workers begin nothing.
 * It lies in the database, so that it holds in every process, and after a restart (ADR 0060).
 */
export function createServerLock({ db, audit }: { readonly db: Db; readonly audit: Audit }) {
  async function lock(tx: Tx, by: Actor, { note = '', ...why }: Wish): Promise<Result<object, Refusal>> {
    const allowed = permitted(by, 'settings');
    if (!allowed.ok) return allowed;
    if (note.length > maintenanceLimits.maxNoteLength) {
      return fail('validation-failed', `A note has at most ${maintenanceLimits.maxNoteLength} characters.`);
    }
    const added = await tx('server_lock').insert({ note }).onConflict('one').ignore().returning('one');
    if (added.length === 0) return fail('conflict', 'The server is locked already.');
    await audit.record(tx, by, { action: 'maintenance.lock', target: TARGET, ...why });
    return ok();
  }

  async function unlock(tx: Tx, by: Actor, why: Why): Promise<Result<object, Refusal>> {
    const allowed = permitted(by, 'settings');
    if (!allowed.ok) return allowed;
    const [was] = await tx('server_lock').delete().returning<Lock[]>(['since', 'note']);
    if (!was) return fail('conflict', 'The server is not locked.');
    // What was announced meanwhile found nobody who took it.
    await announceWaiting(tx);
    await audit.record(tx, by, {
      ...{ action: 'maintenance.unlock', target: TARGET, ...why },
      detail: { since: was.since.toISOString(), note: was.note },
    });
    return ok();
  }

  return {
    status: (): Promise<Lock | null> => readLock(db),
    lock,
    unlock,
    undo(tx: Tx, by: Actor, { id, action, detail }: AuditEntry, reason: string) {
      const why = { reason, undoes: id };
      if (action === 'maintenance.lock') return unlock(tx, by, why);
      return lock(tx, by, { ...why, note: z.string().catch('').parse(detail.note) });
    },
  };
}

interface Why extends Pick<AuditEntry, 'reason'> {
  readonly undoes?: AuditEntry['id'];
}

interface Wish extends Why {
  readonly note?: string;
}
