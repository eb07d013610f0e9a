import { measureLimits } from '../../../../config/measure-limits.ts';
import type { Tx } from '../../../db/database.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { AuditId, IdSource, MeasureId, ReportId } from '../../../lib/ids.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import type { Accounts } from '../../accounts/index.ts';
import { type Actor, type Audit, outranks, permitted } from '../../staff/index.ts';
import { type EffectDeps, settle } from './effects.ts';
import { isPurged, type MeasureKind, permissionFor, type Target, wordsOf } from './kinds.ts';
import { type Measure, type MeasureRow, measureFromRow } from './model.ts';
import { lockSubject, type Subject } from './subject.ts';

export interface CommandDeps extends EffectDeps {
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly accounts: Pick<Accounts, 'markDeleted'>;
  readonly audit: Audit;
  /** After how many days a strike stops to count; null: never. */
  readonly strikeDays: () => number | null;
  /** Writes to the person of a measure by mail, where there is an address. */
  readonly writeTo: (tx: Tx, measure: Measure, about: 'taken' | 'lifted') => Promise<void>;
}

/** What is done to whom, and why. */
export interface NewMeasure {
  readonly target: Target;
  readonly measure: MeasureKind;
  /** What it was that led to this, as the person reads it. */
  readonly facts: string;
  /** Rules of this server that were broken. */
  readonly ruleIds?: readonly string[];
  readonly reportIds?: readonly ReportId[];
  /** No person decided it. */
  readonly automated?: boolean;
  /** Whether the person is told, which makes it a strike; true where this is not said. */
  readonly notice?: boolean;
}

export type MeasureRefusal = 'permission-missing' | 'outranked' | 'not-found' | 'not-possible';

export interface Taken {
  readonly measureId: MeasureId | null;
  /** Null where nothing changed. */
  readonly auditId: AuditId | null;
  readonly changed: boolean;
}

/** Whether somebody may act on this at all. */
export async function admitted(
  tx: Tx,
  by: Actor,
  target: Target,
): Promise<Result<{ subject: Subject }, MeasureRefusal>> {
  const allowed = permitted(by, permissionFor[target.kind]);
  if (!allowed.ok) return allowed;
  const subject = await lockSubject(tx, target);
  if (!subject) return fail('not-found', 'There is no such thing here, or no longer.');
  if (outranks(by, subject.rank)) return ok({ subject });
  return fail('outranked', 'That account ranks as high as yours on this server, or higher.');
}

/** Why this cannot be done to that, whoever does it; null where it can. */
async function hindrance(tx: Tx, { target, state }: Subject, measure: MeasureKind): Promise<string | null> {
  if (wordsOf(target.kind, measure) === undefined) return 'That cannot be done to it.';
  if (state === 'deleted' && measure !== 'delete') return 'That account was deleted.';
  if (target.kind === 'video' && measure === 'remove') {
    const video = await tx('videos').where({ id: target.id }).first('state');
    const isUnseen = ['uploading', 'received', 'rejected', 'draft'].includes(video.state);
    if (isUnseen) return 'That video was not published yet.';
  }
  if (measure !== 'delete') return null;
  const owner = await tx('users').where({ account_id: target.id, role: 'owner' }).first('account_id');
  return owner ? 'The owner of a server cannot be deleted. Make somebody else its owner first.' : null;
}

/** The measure of this kind that is in force; of warnings, the latest. */
async function live(tx: Tx, { kind, id }: Target, measure: MeasureKind): Promise<MeasureRow | undefined> {
  return tx('measures')
    .where({ target_kind: kind, target_id: id, measure, lifted_at: null })
    .orderBy('id', 'desc')
    .first();
}

/** Does something to an account or a post. What is so already stays as it is. */
export async function take(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  input: NewMeasure,
): Promise<Result<Taken, MeasureRefusal>> {
  const admission = await admitted(tx, by, input.target);
  if (!admission.ok) return admission;
  const { subject } = admission;
  const hindered = await hindrance(tx, subject, input.measure);
  if (hindered !== null) return fail('not-possible', hindered);
  if (input.measure === 'delete') return deleteAccount(deps, tx, by, { subject, facts: input.facts });
  const known = input.measure === 'warn' ? undefined : await live(tx, subject.target, input.measure);
  if (known) return ok({ measureId: known.id, auditId: null, changed: false });
  const measure = await write(deps, tx, by, { input, subject });
  await settle(deps, tx, subject.target);
  if (measure.strike !== null) await deps.writeTo(tx, measure, 'taken');
  await deps.emit(tx, 'measure.taken', { measureId: measure.id, accountId: subject.accountId });
  return ok({ measureId: measure.id, auditId: measure.auditId, changed: true });
}

interface Writing {
  readonly input: NewMeasure;
  readonly subject: Subject;
}

/** The row of a measure, with its entry in the log. */
async function write(deps: CommandDeps, tx: Tx, by: Actor, { input, subject }: Writing): Promise<Measure> {
  const { measure, facts, ruleIds = [], reportIds = [], automated = by.kind === 'server' } = input;
  const { target, accountId, local } = subject;
  const words = wordsOf(target.kind, measure);
  if (!words) throw new Error(`Nobody can ${measure} a ${target.kind}.`);
  const isStrike = local && input.notice !== false;
  const id = deps.ids.next<'measure'>();
  const strike = isStrike ? await nextStrike(tx, accountId) : null;
  const auditId = await deps.audit.record(tx, by, {
    action: words.taken,
    target: { kind: target.kind, id: target.id },
    reason: facts,
    detail: {
      measureId: id,
      accountId,
      ruleIds,
      reportIds,
      automated,
      ...(strike === null ? {} : { strike }),
    },
  });
  const after = (ms: number) => new Date(deps.clock.now() + ms);
  const days = isStrike ? deps.strikeDays() : null;
  const [row] = await tx('measures')
    .insert({
      id,
      account_id: accountId,
      target_kind: target.kind,
      target_id: target.id,
      measure,
      facts: facts.slice(0, measureLimits.maxFactsCharacters),
      rule_ids: ruleIds.slice(0, measureLimits.maxRules),
      report_ids: reportIds.slice(0, measureLimits.maxReports),
      automated,
      by_account_id: by.kind === 'person' ? by.accountId : null,
      strike,
      expires_at: days === null ? null : after(days * DAY_MS),
      audit_id: auditId,
      purge_at: isPurged(measure) ? after(measureLimits.undoMs) : null,
    })
    .returning<MeasureRow[]>('*');
  if (!row) throw new Error('A measure could not be written.');
  return measureFromRow(row);
}

const DAY_MS = 24 * 3_600_000;

async function nextStrike(tx: Tx, accountId: string): Promise<number> {
  const row = await tx('measures').where({ account_id: accountId }).max('strike as last').first();
  return Number(row?.last ?? 0) + 1;
}

/** For good and at once: of this server, with all that it has; of another one, what is known of it here. */
async function deleteAccount(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { subject, facts }: { readonly subject: Subject; readonly facts: string },
): Promise<Result<Taken, 'not-possible'>> {
  const { accountId, local, state } = subject;
  if (state === 'deleted') return ok({ measureId: null, auditId: null, changed: false });
  if (!local && state !== 'suspended') {
    return fail(
      'not-possible',
      'Suspend it first. What is known of an account elsewhere can be removed then.',
    );
  }
  const auditId = await deps.audit.record(tx, by, {
    action: 'account.delete',
    target: { kind: 'account', id: accountId },
    reason: facts,
  });
  await (local ? erase(deps, tx, accountId) : purgeRemote(deps, tx, accountId));
  return ok({ measureId: null, auditId, changed: true });
}

/** Ends an account of this server; what hangs on it follows in portions. */
export async function erase(
  deps: Pick<CommandDeps, 'accounts'>,
  tx: Tx,
  accountId: Subject['accountId'],
): Promise<void> {
  await deps.accounts.markDeleted(tx, accountId);
  for (const table of ['sessions', 'oauth_codes', 'users'])
    await tx(table).where({ account_id: accountId }).delete();
}

/** Has what is known of a suspended account of another server removed, and leaves it suspended. */
export async function purgeRemote(
  deps: Pick<CommandDeps, 'emit'>,
  tx: Tx,
  accountId: Subject['accountId'],
): Promise<void> {
  await tx('measures')
    .where({ target_kind: 'account', target_id: accountId, measure: 'suspend', lifted_at: null })
    .update({ purged_at: tx.fn.now() });
  await deps.emit(tx, 'account.purged', { accountId });
}

export interface Lifting {
  readonly target: Target;
  readonly measure: MeasureKind;
  readonly reason: string;
}

/** Takes back a measure that is in force. Where there is none, nothing changes. */
export async function lift(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { target, measure, reason }: Lifting,
): Promise<Result<Omit<Taken, 'measureId'>, MeasureRefusal | 'too-late'>> {
  const admission = await admitted(tx, by, target);
  if (!admission.ok) return admission;
  const { subject } = admission;
  if (!wordsOf(subject.target.kind, measure)?.lifted)
    return fail('not-possible', 'That cannot be taken back.');
  const row = await live(tx, subject.target, measure);
  if (!row) return ok({ auditId: null, changed: false });
  return liftRow(deps, tx, by, { row, reason });
}

/** Takes back what an entry of the log tells of. */
export async function undo(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { auditId, reason }: { readonly auditId: AuditId; readonly reason: string },
): Promise<Result<Omit<Taken, 'measureId'>, MeasureRefusal | 'too-late' | 'not-undoable' | 'undone-before'>> {
  const asked: MeasureRow | undefined = await tx('measures').where({ audit_id: auditId }).first();
  if (!asked) return fail('not-undoable', 'That entry tells of nothing that can be taken back.');
  const admission = await admitted(tx, by, measureFromRow(asked).target);
  if (!admission.ok) return admission;
  // Read again: somebody else may have taken it back while this waited.
  const row: MeasureRow = await tx('measures').where({ id: asked.id }).first();
  if (row.lifted_at !== null) return fail('undone-before', 'That was taken back already.');
  return liftRow(deps, tx, by, { row, reason });
}

async function liftRow(
  deps: CommandDeps,
  tx: Tx,
  by: Actor,
  { row, reason }: { readonly row: MeasureRow; readonly reason: string },
): Promise<Result<Omit<Taken, 'measureId'>, 'too-late' | 'not-possible'>> {
  const measure = measureFromRow(row);
  const { target, accountId } = measure;
  const lifted = wordsOf(target.kind, measure.measure)?.lifted;
  if (!lifted) return fail('not-possible', 'That cannot be taken back.');
  if (row.purged_at !== null) return fail('too-late', 'What it hid was removed for good.');
  await tx('measures').where({ id: row.id }).update({ lifted_at: tx.fn.now() });
  const auditId = await deps.audit.record(tx, by, {
    action: lifted,
    target: { kind: target.kind, id: target.id },
    reason,
    detail: { measureId: row.id, accountId },
    ...(row.audit_id === null ? {} : { undoes: row.audit_id }),
  });
  await settle(deps, tx, target);
  if (measure.strike !== null) await deps.writeTo(tx, measure, 'lifted');
  await deps.emit(tx, 'measure.lifted', { measureId: row.id, accountId });
  return ok({ auditId, changed: true });
}
