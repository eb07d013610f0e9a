import { z } from 'zod';
import { raidLimits } from '../../../config/rule-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AuditId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, type AuditAction, permitted } from '../staff/index.ts';

/** Whether raid mode is on. `until` is when it ends by itself. */
export interface RaidStatus {
  readonly on: boolean;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly reason: string;
}

type RaidRefusal = 'permission-missing' | 'validation-failed';

export type Raid = ReturnType<typeof createRaid>;

const SWITCHED: ReadonlySet<string> = new Set(['raid.on', 'raid.off'] satisfies AuditAction[]);

/** What the log keeps of how it was; older entries keep nothing. */
const beforeSchema = z.object({ since: z.coerce.date(), until: z.coerce.date() }).nullable();

const TARGET = { kind: 'setting', id: 'raid-mode' } as const;

/**
 * One switch against a wave of spam: whoever signs up waits for approval, domains that became known a short while ago
 * count as silenced (`SEVERITY`), and mentions by strangers are set aside. All three look at the time themselves, so
 * that it ends when it says, whether or not any upkeep runs.
 */
export function createRaid({
  db,
  clock,
  audit,
}: {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}) {
  async function status(conn: Db | Tx = db): Promise<RaidStatus> {
    const row = await conn('raid_mode').first('since', 'until', 'reason');
    const on = row !== undefined && row.until !== null && row.until.getTime() > clock.now();
    return on
      ? { on, since: row.since, until: row.until, reason: row.reason }
      : { on: false, since: null, until: null, reason: '' };
  }

  /** As it was before a deed, for whoever takes that back. */
  const keptOf = ({ on, since, until }: RaidStatus) =>
    on ? { since: since?.toISOString(), until: until?.toISOString() } : null;

  return {
    status,

    /** Switches it on, or sets its end anew where it is on. */
    async on(
      tx: Tx,
      by: Actor,
      { hours = raidLimits.hours, reason = '' }: { readonly hours?: number; readonly reason?: string },
    ): Promise<Result<{ status: RaidStatus }, RaidRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      if (!(hours >= 1 && hours <= raidLimits.maxHours)) {
        return fail('validation-failed', `Raid mode lasts 1 to ${raidLimits.maxHours} hours.`);
      }
      const before = await status(tx);
      const until = new Date(clock.now() + hours * 3_600_000);
      const since = before.since ?? new Date(clock.now());
      await tx('raid_mode').update({ since, until, reason });
      await audit.record(tx, by, {
        ...{ action: 'raid.on', target: TARGET, reason },
        detail: { hours, before: keptOf(before) },
      });
      return ok({ status: await status(tx) });
    },

    async off(tx: Tx, by: Actor, reason = ''): Promise<Result<{ status: RaidStatus }, RaidRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const before = await status(tx);
      await tx('raid_mode').update({ since: null, until: null, reason: '' });
      const deed = {
        action: 'raid.off',
        target: TARGET,
        reason,
        detail: { before: keptOf(before) },
      } as const;
      if (before.on) await audit.record(tx, by, deed);
      return ok({ status: await status(tx) });
    },

    /**
     * Puts it back to what it was before somebody switched it: off, or on until the same moment. Not where it was switched
     * again since: then whoever did that has decided anew. Nor where it would have ended by now.
     */
    async undo(
      tx: Tx,
      by: Actor,
      id: AuditId,
      reason = '',
    ): Promise<Result<{ status: RaidStatus }, RaidRefusal | 'not-undoable' | 'undone-before' | 'too-late'>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      await tx('raid_mode').forUpdate().first('since');
      const entry = await audit.byId(tx, id);
      if (entry?.undoneBy) return fail('undone-before', 'This was taken back before.');
      const kept = beforeSchema.safeParse(entry?.detail.before);
      if (!entry || !SWITCHED.has(entry.action) || !kept.success) {
        return fail('not-undoable', 'That entry tells of nothing that can be taken back.');
      }
      const since = await tx('audit_log').where('id', '>', id).where({ target_id: TARGET.id }).first('id');
      if (since) return fail('not-undoable', 'Raid mode was switched again since.');
      const was = kept.data;
      if (was && was.until.getTime() <= clock.now()) {
        return fail('too-late', 'It would have ended by itself by now.');
      }
      await tx('raid_mode').update(was ? { ...was, reason } : { since: null, until: null, reason: '' });
      const action = was ? 'raid.on' : 'raid.off';
      await audit.record(tx, by, { action, target: TARGET, reason, undoes: id });
      return ok({ status: await status(tx) });
    },

    /** Notes in the log that it has ended by itself. */
    async noteEnd(tx: Tx): Promise<void> {
      const ended = await tx('raid_mode')
        .where('until', '<=', new Date(clock.now()))
        .update({ since: null, until: null, reason: '' });
      if (ended === 0) return;
      await audit.record(tx, { kind: 'server', name: 'raid-mode' }, { action: 'raid.off', target: TARGET });
    },
  };
}
