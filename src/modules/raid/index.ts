import { raidLimits } from '../../../config/rule-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

/** Whether raid mode is on. `until` is when it ends by itself. */
export interface RaidStatus {
  readonly on: boolean;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly reason: string;
}

type RaidRefusal = 'permission-missing' | 'validation-failed';

export type Raid = ReturnType<typeof createRaid>;

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
      await audit.record(tx, by, { action: 'raid.on', target: TARGET, reason, detail: { hours } });
      return ok({ status: await status(tx) });
    },

    async off(tx: Tx, by: Actor, reason = ''): Promise<Result<{ status: RaidStatus }, RaidRefusal>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const { on } = await status(tx);
      await tx('raid_mode').update({ since: null, until: null, reason: '' });
      if (on) await audit.record(tx, by, { action: 'raid.off', target: TARGET, reason });
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
