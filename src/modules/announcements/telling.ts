import { announcementLimits } from '../../../config/announcement-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AnnouncementId } from '../../lib/ids.ts';
import type { announcementEvents } from './events.ts';

export type EmitAnnouncements = Emit<typeof announcementEvents>;

/** What everybody sees at this moment; `stateOf` says the same of one row. */
export function isShown(conn: Db | Tx, clock: Clock) {
  const now = new Date(clock.now());
  return conn.raw(
    `publish_at is not null and publish_at <= ? and ended_at is null and (ends_at is null or ends_at > ?)`,
    [now, now],
  );
}

interface TellingDeps {
  readonly clock: Clock;
  readonly emit: EmitAnnouncements;
}

/** Notes which are shown now that were not, or the other way round, and tells of it: of one, or of all. */
export async function tellOfTurns({ clock, emit }: TellingDeps, tx: Tx, id?: AnnouncementId): Promise<void> {
  const shown = isShown(tx, clock);
  const query = tx('announcements').whereRaw('told is distinct from (?)', [shown]);
  if (id !== undefined) query.where({ id });
  const turned: { id: AnnouncementId; told: boolean }[] = await query
    .update({ told: tx.raw('not told') })
    .returning(['id', 'told']);
  for (const { id: announcementId, told } of turned) {
    await emit(tx, told ? 'announcement.shown' : 'announcement.gone', { announcementId });
  }
}

/** What time alone does: shows what is due, hides what is over, and forgets who dismissed what ended long ago. */
export async function passTime(deps: TellingDeps & { readonly db: Db; readonly inTx: InTx }): Promise<void> {
  const { db, clock } = deps;
  const due = await db('announcements')
    .whereRaw('told is distinct from (?)', [isShown(db, clock)])
    .first('id');
  if (due) await deps.inTx((tx) => tellOfTurns(deps, tx));
  const over = new Date(clock.now() - announcementLimits.dismissalsKeptMs);
  await db('announcement_dismissals')
    .whereIn(
      'announcement_id',
      db('announcements').select('id').where('ends_at', '<', over).orWhere('ended_at', '<', over),
    )
    .delete();
}
