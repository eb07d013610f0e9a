import { backupLimits } from '../../../config/backup-limits.ts';
import type { Db } from '../../db/database.ts';
import { backupStatus } from '../../modules/backups/index.ts';
import { type Finding, fine, warning } from './finding.ts';

const DAY_MS = 24 * 3_600_000;

/** Whether there is a good backup, and whether one was ever tried out. */
export async function checkBackups(db: Db, isWanted: boolean, now: () => number): Promise<Finding[]> {
  const { lastGoodAt, lastRehearsalAt, lastError, isStale } = await backupStatus(db, isWanted, now);
  if (!isWanted) return [fine('backups', 'Not looked at: BACKUPS=off leaves them to you.')];
  const made = lastGoodAt
    ? `The last good backup was made at ${lastGoodAt.toISOString()}.`
    : 'There is no backup yet.';
  if (isStale) {
    const fix =
      'Run vireo backup create and see what it says; look at BACKUP_DIR, and whether a worker runs.';
    return [warning('backup-stale', `${made}${lastError ? ` The last try failed: ${lastError}` : ''}`, fix)];
  }
  const unproven = now() - (lastRehearsalAt?.getTime() ?? 0);
  if (lastGoodAt === null || unproven <= 2 * backupLimits.rehearsalEveryMs) return [fine('backups', made)];
  const what =
    lastRehearsalAt === null
      ? 'Whether a backup can be restored was never tried.'
      : `Whether a backup can be restored was tried ${Math.floor(unproven / DAY_MS)} days ago.`;
  const fix = 'Run vireo backup rehearse: a backup that nobody tried may be none.';
  return [fine('backups', made), warning('backup-not-rehearsed', what, fix)];
}
