import { announcementLimits } from '../../../config/announcement-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, AnnouncementId, AuditId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Actor, Audit } from '../staff/index.ts';
import {
  addAnnouncement,
  changeAnnouncement,
  endAnnouncement,
  publishAnnouncement,
  removeAnnouncement,
  undoAnnouncement,
} from './commands.ts';
import { announcementEvents } from './events.ts';
import {
  type Announcement,
  type AnnouncementInput,
  type AnnouncementRow,
  announcementFromRow,
  emojiOf,
  type Reaction,
} from './model.ts';
import { isShown, passTime } from './telling.ts';

export { announcementEvents } from './events.ts';
export {
  type Announcement,
  announcementInputSchema,
  announcementStates,
  type Reaction,
} from './model.ts';

export type Announcements = ReturnType<typeof createAnnouncements>;

/** One as somebody reads it. */
export interface ReadAnnouncement extends Announcement {
  /** Whether the reader dismissed it. */
  readonly read: boolean;
  readonly reactions: readonly Reaction[];
}

interface AnnouncementDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** What the staff tells everybody. */
export function createAnnouncements(parts: AnnouncementDeps) {
  const deps = { ...parts, emit: emitter(announcementEvents, parts.ids) };
  const { db, clock, emit } = deps;

  async function reactionsOf(
    ids: readonly AnnouncementId[],
    readerId: AccountId | null,
    conn: Db | Tx = db,
  ): Promise<Map<AnnouncementId, Reaction[]>> {
    const rows: { announcement_id: AnnouncementId; name: string; count: number; me: boolean }[] = await conn(
      'announcement_reactions',
    )
      .whereIn('announcement_id', [...ids])
      .groupBy('announcement_id', 'name')
      .orderByRaw('min(created_at), name')
      .select(
        ...['announcement_id', 'name'],
        conn.raw('count(*)::int as count'),
        conn.raw('coalesce(bool_or(account_id = ?), false) as me', [readerId]),
      );
    const found = new Map<AnnouncementId, Reaction[]>();
    for (const { announcement_id: id, name, count, me } of rows) {
      found.set(id, [...(found.get(id) ?? []), { name, count, me }]);
    }
    return found;
  }

  async function read(
    rows: readonly AnnouncementRow[],
    readerId: AccountId | null,
  ): Promise<ReadAnnouncement[]> {
    const ids = rows.map(({ id }) => id);
    const [reactions, dismissed] = await Promise.all([
      reactionsOf(ids, readerId),
      db('announcement_dismissals')
        .where({ account_id: readerId })
        .whereIn('announcement_id', ids)
        .pluck('announcement_id'),
    ]);
    return rows.map((row) => ({
      ...announcementFromRow(row, clock.now()),
      read: dismissed.includes(row.id),
      reactions: reactions.get(row.id) ?? [],
    }));
  }

  const isOpen = async (tx: Tx, id: AnnouncementId): Promise<boolean> =>
    (await tx('announcements').where({ id }).whereRaw(isShown(tx, clock)).forShare().first('id')) !==
    undefined;
  const unknown = () => fail('not-found', 'There is no such announcement, or it is over.');

  return {
    add: (tx: Tx, by: Actor, input: AnnouncementInput) => addAnnouncement(deps, tx, by, input),
    change: (tx: Tx, by: Actor, id: AnnouncementId, input: AnnouncementInput) =>
      changeAnnouncement(deps, tx, by, { id, input }),
    publish: (tx: Tx, by: Actor, id: AnnouncementId) => publishAnnouncement(deps, tx, by, id),
    end: (tx: Tx, by: Actor, id: AnnouncementId) => endAnnouncement(deps, tx, by, id),
    remove: (tx: Tx, by: Actor, id: AnnouncementId) => removeAnnouncement(deps, tx, by, id),
    undo: (tx: Tx, by: Actor, auditId: AuditId, reason = '') =>
      undoAnnouncement(deps, tx, by, { auditId, reason }),
    /** Shows what is due and hides what is over, for those who listen. Lists go by the time themselves. */
    passTime: () => passTime(deps),

    /** All that everybody sees now, the newest first. Nobody in particular has read nothing. */
    async shown(readerId: AccountId | null): Promise<ReadAnnouncement[]> {
      const rows: AnnouncementRow[] = await db('announcements')
        .whereRaw(isShown(db, clock))
        .orderBy([
          { column: 'publish_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ]);
      return read(rows, readerId);
    },

    /** One of those, as nobody in particular reads it; null where it is not shown. */
    async oneShown(id: AnnouncementId): Promise<ReadAnnouncement | null> {
      const rows: AnnouncementRow[] = await db('announcements').where({ id }).whereRaw(isShown(db, clock));
      const [found] = await read(rows, null);
      return found ?? null;
    },

    /** All of them, for the staff, the newest first. */
    async list(): Promise<ReadAnnouncement[]> {
      return read(await db('announcements').orderBy('id', 'desc'), null);
    },

    /** Somebody has read one, and does not want to see it again. */
    async dismiss(tx: Tx, accountId: AccountId, id: AnnouncementId): Promise<Result<object, 'not-found'>> {
      if (!(await isOpen(tx, id))) return unknown();
      const row = { announcement_id: id, account_id: accountId };
      await tx('announcement_dismissals').insert(row).onConflict(['announcement_id', 'account_id']).ignore();
      return ok();
    },

    /** Somebody gives a sign below one; giving it again changes nothing. */
    async react(
      tx: Tx,
      accountId: AccountId,
      id: AnnouncementId,
      sign: string,
    ): Promise<Result<object, 'not-found' | 'not-an-emoji' | 'too-many-reactions'>> {
      // Locked, so that two new signs at once do not both find room.
      const row = await tx('announcements')
        .where({ id })
        .whereRaw(isShown(tx, clock))
        .forUpdate()
        .first('id');
      if (!row) return unknown();
      const name = emojiOf(sign);
      if (name === null) return fail('not-an-emoji', 'This is not a recognized emoji.');
      const names = await tx('announcement_reactions')
        .where({ announcement_id: id })
        .distinct()
        .pluck('name');
      if (!names.includes(name) && names.length >= announcementLimits.maxReactions) {
        return fail(
          'too-many-reactions',
          `There are ${announcementLimits.maxReactions} different signs already: take one of those.`,
        );
      }
      const added = await tx('announcement_reactions')
        .insert({ announcement_id: id, account_id: accountId, name, created_at: new Date(clock.now()) })
        .onConflict(['announcement_id', 'account_id', 'name'])
        .ignore()
        .returning('name');
      if (added.length > 0) await emit(tx, 'announcement.reacted', { announcementId: id, name });
      return ok();
    },

    /** Takes a sign back; it is no mistake where there was none. */
    async unreact(
      tx: Tx,
      accountId: AccountId,
      id: AnnouncementId,
      sign: string,
    ): Promise<Result<object, 'not-found' | 'not-an-emoji'>> {
      if (!(await isOpen(tx, id))) return unknown();
      const name = emojiOf(sign);
      if (name === null) return fail('not-an-emoji', 'This is not a recognized emoji.');
      const gone = await tx('announcement_reactions')
        .where({ announcement_id: id, account_id: accountId, name })
        .delete();
      if (gone > 0) await emit(tx, 'announcement.reacted', { announcementId: id, name });
      return ok();
    },
  };
}
