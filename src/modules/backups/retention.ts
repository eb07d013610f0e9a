import { backupLimits } from '../../../config/backup-limits.ts';
import { timeOf } from './model.ts';

interface Kept {
  /** Nothing younger goes: who makes one after the other has a reason. */
  readonly allMs: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/**
 * Which of the backups may go: all but the newest of each of the last 7 days, 4 weeks (from Monday) and 12 months that
 * have one, in UTC. Periods without a backup do not count, so a server that stood still loses none for it.
 */
export function toForget(names: readonly string[], now: Date, kept: Kept = backupLimits): string[] {
  const newestFirst = names.toSorted().toReversed();
  const staying = new Set(names.filter((name) => now.getTime() - timeOf(name) < kept.allMs));
  for (const [periodOf, count] of [
    [dayOf, kept.daily],
    [weekOf, kept.weekly],
    [monthOf, kept.monthly],
  ] as const) {
    const periods = new Set<string>();
    for (const name of newestFirst) {
      const period = periodOf(new Date(timeOf(name)));
      if (periods.has(period)) continue;
      if (periods.size === count) break;
      periods.add(period);
      staying.add(name);
    }
  }
  return names.filter((name) => !staying.has(name));
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function weekOf(time: Date): string {
  const monday = new Date(time);
  monday.setUTCDate(time.getUTCDate() - ((time.getUTCDay() + 6) % 7));
  return dayOf(monday);
}

function monthOf(time: Date): string {
  return time.toISOString().slice(0, 7);
}
