import { announcementLimits } from '../../../config/announcement-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AnnouncementId, AuditId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import {
  type Announcement,
  type AnnouncementInput,
  type AnnouncementRow,
  announcementFromRow,
} from './model.ts';
import { type EmitAnnouncements, tellOfTurns } from './telling.ts';

export interface CommandDeps {
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly emit: EmitAnnouncements;
}

type Refusal = 'permission-missing' | 'not-found' | 'validation-failed' | 'too-many-announcements';
type Outcome<R extends string = Refusal> = Promise<
  Result<{ announcement: Announcement; auditId: AuditId }, R>
>;

/** The part of a row that people write; what the log keeps of it, so that each change can be taken back. */
const WRITTEN = [
  ...(['text', 'starts_at', 'ends_at', 'all_day', 'time_zone', 'publish_at', 'ended_at'] as const),
] as const;
type Written = Pick<AnnouncementRow, (typeof WRITTEN)[number]>;

/** A draft, or shown from a moment on. */
export async function addAnnouncement(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  input: AnnouncementInput,
): Outcome {
  const allowed = permitted(by, 'announcements');
  if (!allowed.ok) return allowed;
  // One after the other, so that the cap holds.
  await tx.raw('lock table announcements in share row exclusive mode');
  const count = await tx('announcements').count('* as count').first();
  if (Number(count?.count) >= announcementLimits.maxKept) {
    return fail(
      'too-many-announcements',
      `${announcementLimits.maxKept} announcements are kept: delete old ones first.`,
    );
  }
  const written = writtenOf(deps, input, null);
  const refusal = refusalOf(deps, written);
  if (refusal) return refusal;
  return put(deps, tx, by, {
    id: deps.ids.next<'announcement'>(),
    before: null,
    after: written,
    action: 'add',
  });
}

/** Says one anew, as a whole. Those who see it are told at once. */
export async function changeAnnouncement(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { id, input }: { readonly id: AnnouncementId; readonly input: AnnouncementInput },
): Outcome {
  return turn(deps, tx, by, { id, action: 'change', next: (row) => writtenOf(deps, input, row) });
}

/** Shows a draft, or one that was to be shown later, or has ended, from now on. */
export async function publishAnnouncement(deps: CommandDeps, tx: Tx, by: Actor, id: AnnouncementId): Outcome {
  const now = new Date(deps.clock.now());
  return turn(deps, tx, by, {
    id,
    action: 'publish',
    next: (row) => ({ ...row, publish_at: now, ended_at: null }),
  });
}

/** Nobody sees it any more. */
export async function endAnnouncement(deps: CommandDeps, tx: Tx, by: Actor, id: AnnouncementId): Outcome {
  const ended_at = new Date(deps.clock.now());
  return turn(deps, tx, by, {
    ...{ id, action: 'end', next: (row) => ({ ...row, ended_at }) },
    refuse: ({ state }) =>
      state === 'shown' || state === 'scheduled' ? null : 'It is not shown, and is not going to be.',
  });
}

/** Deletes one, with the signs below it. */
export async function removeAnnouncement(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  id: AnnouncementId,
): Promise<Result<{ auditId: AuditId }, Refusal>> {
  const found = await locked(tx, by, id);
  return found.ok ? ok({ auditId: await drop(deps, tx, by, { row: found.row }) }) : found;
}

/** Takes back what an entry of the log says was done to one, as long as nothing was done to it since. */
export async function undoAnnouncement(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { auditId, reason }: { readonly auditId: AuditId; readonly reason: string },
): Promise<
  Result<{ announcement: Announcement | null; auditId: AuditId }, Refusal | 'undone-before' | 'not-undoable'>
> {
  const allowed = permitted(by, 'announcements');
  if (!allowed.ok) return allowed;
  await tx.raw('lock table announcements in share row exclusive mode');
  const entry = await deps.audit.byId(tx, auditId);
  if (entry?.target.kind !== 'announcement') return fail('not-found', 'That entry is about no announcement.');
  if (entry.undoneBy !== null) return fail('undone-before', 'This was taken back before.');
  const id = entry.target.id as AnnouncementId;
  const { before, after } = entry.detail as { before: LoggedText | null; after: LoggedText | null };
  const row: AnnouncementRow | undefined = await tx('announcements').where({ id }).first();
  if (JSON.stringify(row ? logged(row) : null) !== JSON.stringify(after && logged(fromLog(after)))) {
    return fail('not-undoable', 'It was changed or deleted since.');
  }
  if (before !== null) {
    const action = after === null ? 'add' : 'change';
    return put(deps, tx, by, {
      id,
      before: row ?? null,
      after: fromLog(before),
      action,
      undoes: auditId,
      reason,
    });
  }
  if (!row) return fail('not-undoable', 'It is deleted.');
  return ok({ announcement: null, auditId: await drop(deps, tx, by, { row, undoes: auditId, reason }) });
}

interface Turn {
  readonly id: AnnouncementId;
  readonly action: 'change' | 'publish' | 'end';
  readonly next: (row: AnnouncementRow) => Written;
  readonly refuse?: (announcement: Announcement) => string | null;
}

async function turn(deps: CommandDeps, tx: Tx, by: Actor, { id, action, next, refuse }: Turn): Outcome {
  const found = await locked(tx, by, id);
  if (!found.ok) return found;
  const { row } = found;
  const why = refuse?.(announcementFromRow(row, deps.clock.now()));
  if (why) return fail('validation-failed', why);
  const after = next(row);
  const refusal = refusalOf(deps, after);
  if (refusal) return refusal;
  return put(deps, tx, by, { id, before: row, after, action });
}

async function locked(
  tx: Tx,
  by: Actor,
  id: AnnouncementId,
): Promise<Result<{ row: AnnouncementRow }, 'permission-missing' | 'not-found'>> {
  const allowed = permitted(by, 'announcements');
  if (!allowed.ok) return allowed;
  const row: AnnouncementRow | undefined = await tx('announcements').where({ id }).forUpdate().first();
  return row ? ok({ row }) : fail('not-found', 'There is no such announcement.');
}

function writtenOf({ clock }: CommandDeps, input: AnnouncementInput, row: AnnouncementRow | null): Written {
  const { publishAt = row?.publish_at ?? null } = input;
  return {
    text: input.text,
    ...{ starts_at: input.startsAt, ends_at: input.endsAt, all_day: input.allDay, time_zone: input.timeZone },
    publish_at: publishAt === 'now' ? new Date(clock.now()) : publishAt,
    ended_at: row?.ended_at ?? null,
  };
}

/** What would be over before anybody saw it is a mistake. */
function refusalOf({ clock }: CommandDeps, { publish_at, ends_at, ended_at }: Written) {
  if (publish_at === null || ends_at === null || ended_at !== null) return null;
  const from = Math.max(publish_at.getTime(), clock.now());
  return ends_at.getTime() > from
    ? null
    : fail('validation-failed', 'It would have ended before anybody sees it: set a later end, or none.');
}

interface Put {
  readonly id: AnnouncementId;
  readonly before: AnnouncementRow | null;
  readonly after: Written;
  readonly action: 'add' | Turn['action'];
  readonly undoes?: AuditId;
  readonly reason?: string;
}

async function put(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { id, before, after, action, undoes, reason = '' }: Put,
) {
  const now = new Date(deps.clock.now());
  const columns = { ...Object.fromEntries(WRITTEN.map((name) => [name, after[name]])), updated_at: now };
  const [row]: AnnouncementRow[] = before
    ? await tx('announcements').where({ id }).update(columns).returning('*')
    : await tx('announcements')
        .insert({ ...columns, id, created_at: now })
        .returning('*');
  if (!row) throw new Error('An announcement could not be stored.');
  const auditId = await deps.audit.record(tx, by, {
    action: `announcement.${action}`,
    target: { kind: 'announcement', id },
    reason,
    detail: { before: before && logged(before), after: logged(row) },
    ...(undoes && { undoes }),
  });
  const announcement = announcementFromRow(row, deps.clock.now());
  // What was shown before and still is has to be told of, too.
  if (row.told && announcement.state === 'shown')
    await deps.emit(tx, 'announcement.shown', { announcementId: id });
  await tellOfTurns(deps, tx, id);
  return ok({ announcement, auditId });
}

async function drop(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { row, undoes, reason = '' }: Pick<Put, 'undoes' | 'reason'> & { readonly row: AnnouncementRow },
): Promise<AuditId> {
  const { id } = row;
  await tx('announcements').where({ id }).delete();
  if (row.told) await deps.emit(tx, 'announcement.gone', { announcementId: id });
  return deps.audit.record(tx, by, {
    action: 'announcement.remove',
    target: { kind: 'announcement', id },
    reason,
    detail: { before: logged(row), after: null },
    ...(undoes && { undoes }),
  });
}

/** What the log keeps of one: moments as text. */
type LoggedText = {
  readonly [Name in keyof Written]: Written[Name] extends Date | null ? string | null : Written[Name];
};

function logged(row: Written): LoggedText {
  const text = (moment: Date | null) => moment?.toISOString() ?? null;
  return {
    text: row.text,
    ...{ starts_at: text(row.starts_at), ends_at: text(row.ends_at) },
    ...{ all_day: row.all_day, time_zone: row.time_zone },
    ...{ publish_at: text(row.publish_at), ended_at: text(row.ended_at) },
  };
}

function fromLog(said: LoggedText): Written {
  const moment = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...{ text: said.text, all_day: said.all_day, time_zone: said.time_zone },
    ...{ starts_at: moment(said.starts_at), ends_at: moment(said.ends_at) },
    ...{ publish_at: moment(said.publish_at), ended_at: moment(said.ended_at) },
  };
}
