import { appealLimits } from '../../../../config/measure-limits.ts';
import type { Db, Tx } from '../../../db/database.ts';
import { within } from '../../../db/paging.ts';
import type { AccountId, AppealId, MeasureId } from '../../../lib/ids.ts';
import type { Page } from '../../../lib/paging.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import { type Actor, permissionsOf, permitted, roles } from '../../staff/index.ts';
import { type CommandDeps, type MeasureRefusal, undo } from './commands.ts';
import { type MeasureRow, measureFromRow } from './model.ts';

export const appealStates = ['open', 'accepted', 'rejected'] as const;
export type AppealState = (typeof appealStates)[number];

/** What somebody says against a measure; once for each. */
export interface Appeal {
  readonly id: AppealId;
  readonly measureId: MeasureId;
  readonly accountId: AccountId;
  readonly text: string;
  readonly state: AppealState;
  /** Who of the staff is to look at it; null: whoever comes first. */
  readonly assignedToId: AccountId | null;
  readonly decidedById: AccountId | null;
  readonly decidedAt: Date | null;
  readonly answer: string;
  readonly createdAt: Date;
}

interface AppealRow {
  readonly id: AppealId;
  readonly measure_id: MeasureId;
  readonly account_id: AccountId;
  readonly text: string;
  readonly state: AppealState;
  readonly assigned_to_id: AccountId | null;
  readonly decided_by_id: AccountId | null;
  readonly decided_at: Date | null;
  readonly answer: string;
  readonly created_at: Date;
}

function fromRow(row: AppealRow): Appeal {
  return {
    id: row.id,
    measureId: row.measure_id,
    accountId: row.account_id,
    text: row.text,
    state: row.state,
    assignedToId: row.assigned_to_id,
    decidedById: row.decided_by_id,
    decidedAt: row.decided_at,
    answer: row.answer,
    createdAt: row.created_at,
  };
}

export type AppealRefusal = 'not-found' | 'too-late' | 'appealed-before' | 'undone-before';

/** Until when a measure of this moment can be appealed against. */
export function appealableUntil(createdAt: Date): Date {
  return new Date(createdAt.getTime() + appealLimits.openMs);
}

/** Says something against a measure, as the person whom it is about. It goes to somebody else than who took it, where there is anybody. */
export async function appeal(
  deps: CommandDeps,
  tx: Tx,
  input: { readonly measureId: MeasureId; readonly accountId: AccountId; readonly text: string },
): Promise<Result<{ appealId: AppealId }, AppealRefusal>> {
  const { measureId, accountId } = input;
  const row: MeasureRow | undefined = await tx('measures')
    .where({ id: measureId, account_id: accountId })
    .whereNotNull('strike')
    .forUpdate()
    .first();
  if (!row) return fail('not-found', 'There is no such decision about your account.');
  if (row.lifted_at !== null) return fail('undone-before', 'That was taken back already.');
  const isOver = appealableUntil(row.created_at).getTime() <= deps.clock.now();
  if (isOver || row.purged_at !== null) return fail('too-late', 'The time to appeal against it is over.');
  const id = deps.ids.next<'appeal'>();
  const added = await tx('appeals')
    .insert({
      id,
      measure_id: measureId,
      account_id: accountId,
      text: input.text.slice(0, appealLimits.maxCharacters),
      assigned_to_id: await somebodyElse(tx, row.by_account_id),
    })
    .onConflict('measure_id')
    .ignore()
    .returning('id');
  return added.length === 1
    ? ok({ appealId: id })
    : fail('appealed-before', 'You have appealed against that already.');
}

/** Somebody of the staff who may decide about appeals, with the fewest of them; not this one. Null: there is nobody else. */
async function somebodyElse(tx: Tx, notId: AccountId | null): Promise<AccountId | null> {
  const able = roles.filter((role) => permissionsOf(role).includes('reports'));
  const row = await tx('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .whereIn('users.role', able)
    .where('accounts.state', 'active')
    .whereRaw('users.account_id is distinct from ?', [notId])
    .orderByRaw(
      `(select count(*) from appeals where assigned_to_id = users.account_id and state = 'open'), users.account_id`,
    )
    .first('users.account_id');
  return row?.account_id ?? null;
}

/** Whether anybody but this one could decide. */
async function isAlone(tx: Tx, accountId: AccountId): Promise<boolean> {
  return (await somebodyElse(tx, accountId)) === null;
}

export interface Decision {
  readonly appealId: AppealId;
  readonly accept: boolean;
  /** As the person reads it. */
  readonly answer: string;
}

/** Decides about an appeal: one that is accepted takes the measure back. Nobody decides about what they did themselves, where there is anybody else. */
export async function decideAppeal(
  deps: CommandDeps & {
    readonly tellOfAnswer: (tx: Tx, appeal: Appeal) => Promise<void>;
  },
  tx: Tx,
  by: Actor,
  { appealId, accept, answer }: Decision,
): Promise<
  Result<
    object,
    MeasureRefusal | 'too-late' | 'decided-before' | 'own-decision' | 'not-undoable' | 'undone-before'
  >
> {
  const allowed = permitted(by, 'reports');
  if (!allowed.ok) return allowed;
  const row: AppealRow | undefined = await tx('appeals').where({ id: appealId }).forUpdate().first();
  const measure: MeasureRow | undefined = row && (await tx('measures').where({ id: row.measure_id }).first());
  if (!row || !measure) return fail('not-found', 'There is no such appeal.');
  if (row.state !== 'open') return fail('decided-before', 'Somebody has decided about it already.');
  if (by.kind === 'person' && measure.by_account_id === by.accountId && !(await isAlone(tx, by.accountId))) {
    return fail(
      'own-decision',
      'It is about what you did yourself: somebody else of the staff has to decide.',
    );
  }
  if (accept && measure.lifted_at === null && measure.audit_id !== null) {
    const undone = await undo(deps, tx, by, { auditId: measure.audit_id, reason: answer });
    if (!undone.ok) return undone;
  }
  const [decided] = await tx('appeals')
    .where({ id: appealId })
    .update({
      state: accept ? 'accepted' : 'rejected',
      decided_by_id: by.kind === 'person' ? by.accountId : null,
      decided_at: new Date(deps.clock.now()),
      answer,
    })
    .returning<AppealRow[]>('*');
  if (!decided) throw new Error('A locked appeal is gone.');
  const { target } = measureFromRow(measure);
  await deps.audit.record(tx, by, {
    action: accept ? 'appeal.accept' : 'appeal.reject',
    target: { kind: target.kind, id: target.id },
    reason: answer,
    detail: { appealId, measureId: measure.id },
  });
  await deps.tellOfAnswer(tx, fromRow(decided));
  return ok();
}

/** Reads of appeals. */
export function appealQueries(db: Db) {
  return {
    async appealById(id: AppealId): Promise<Appeal | null> {
      const row: AppealRow | undefined = await db('appeals').where({ id }).first();
      return row ? fromRow(row) : null;
    },

    /** For the staff, newest first. */
    async appeals(state: AppealState, page: Page): Promise<Appeal[]> {
      const rows: AppealRow[] = await db('appeals').where({ state }).modify(within(page, 'id')).select('*');
      return (page.minId === null ? rows : rows.reverse()).map(fromRow);
    },

    /** What was said against these measures. */
    async appealsAmong(measureIds: readonly MeasureId[]): Promise<Map<MeasureId, Appeal>> {
      if (measureIds.length === 0) return new Map();
      const rows: AppealRow[] = await db('appeals').whereRaw('measure_id = any(?::bigint[])', [
        [...measureIds],
      ]);
      return new Map(rows.map((row) => [row.measure_id, fromRow(row)]));
    },
  };
}
