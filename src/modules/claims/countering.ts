import { claimLimits } from '../../../config/claim-limits.ts';
import { measureLimits } from '../../../config/measure-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, AuditId, MeasureId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Actor } from '../staff/index.ts';
import { type DecisionRefusal, mayDecide } from './deciding.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import { gone, notNow, type StepRefusal } from './filing.ts';
import type { Letters, ToUploader } from './letters.ts';
import {
  type ClaimId,
  type ClaimRow,
  type ClaimVideoRow,
  type Counter,
  type CounterId,
  type CounterRow,
  type CounterState,
  claimFromRow,
  counterAfter,
  counterFromRow,
} from './model.ts';
import { bringBack, isAllBack, lockClaim, removeVideos, videosOf, withFollowers } from './removing.ts';
import { undoing } from './undoing.ts';
import { afterWorkingDays } from './working-days.ts';

type Deps = ClaimDeps & { readonly letters: Letters };

/** What an uploader says against a removal. That the statements were made is a condition for calling this at all. */
export interface NewCounter {
  readonly claimId: ClaimId;
  readonly accountId: AccountId;
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly text: string;
  readonly signature: string;
}

/** Those that a counter-notice of an account asks for: its own, and what went with them. */
export function askedFor(all: readonly ClaimVideoRow[], accountId: AccountId): ClaimVideoRow[] {
  return withFollowers(
    all,
    all.filter((row) => row.account_id === accountId),
  );
}

/** Until when somebody may answer to what was removed then. */
export function counterableUntil(removedAt: Date): Date {
  return new Date(removedAt.getTime() + claimLimits.counterMs);
}

/**
 * Answers to a removal, as the uploader; once for each claim. The claimant is told, with name and address, and has some working days to go
 * to court; else the videos come back by themselves.
 */
export async function counter(
  deps: Deps,
  tx: Tx,
  input: NewCounter,
): Promise<Result<{ counter: Counter }, 'not-found' | 'too-late' | 'countered-before'>> {
  const { claimId, accountId, ...said } = input;
  const claim = await lockClaim(tx, claimId);
  const all = claim?.state === 'upheld' ? await videosOf(tx, claimId) : [];
  const own = all.filter((row) => row.account_id === accountId && row.restored_at === null);
  const removedAt = own.flatMap((row) => row.removed_at ?? []).sort((a, b) => +b - +a)[0];
  if (!claim || removedAt === undefined) {
    return fail('not-found', 'Nothing of yours is removed for this claim.');
  }
  const now = new Date(deps.clock.now());
  if (counterableUntil(removedAt) <= now) return fail('too-late', 'The time to answer to it is over.');
  const dueAt = afterWorkingDays(now, deps.rules.waitingDays);
  const [row] = await tx('claim_counters')
    .insert({
      ...{ id: deps.ids.next<'counter-notice'>(), claim_id: claimId, account_id: accountId },
      ...{ ...said, due_at: dueAt, created_at: now },
    })
    .onConflict(['claim_id', 'account_id'])
    .ignore()
    .returning<CounterRow[]>('*');
  if (!row) return fail('countered-before', 'You have answered to this claim already.');
  await keepUntil(deps, tx, askedFor(all, accountId), new Date(dueAt.getTime() + measureLimits.undoMs));
  const made = counterFromRow(row);
  await deps.letters.countered(tx, claimFromRow(claim), made);
  await deps.tellStaff(tx, `copyright-counter:${row.id}`);
  return ok({ counter: made });
}

/** Sees to it that nothing is removed for good while it is not clear whose it is; null: not before somebody decides. */
export async function keepUntil(
  deps: ClaimDeps,
  tx: Tx,
  rows: readonly ClaimVideoRow[],
  until: Date | null,
): Promise<void> {
  const ids: MeasureId[] = rows.flatMap(({ measure_id: id, restored_at }) =>
    id === null || restored_at !== null ? [] : [id],
  );
  await deps.measures.keepUntil(tx, ids, until);
}

/** The same for what was removed after its uploader had answered, for every answer that nobody has decided about. */
export async function keepForCounters(deps: ClaimDeps, tx: Tx, claimId: ClaimId): Promise<void> {
  const open: CounterRow[] = await tx('claim_counters')
    .where({ claim_id: claimId })
    .whereIn('state', ['waiting', 'sued'])
    // What is before a court is kept whatever else was answered.
    .orderBy('state', 'desc');
  const all = open.length > 0 ? await videosOf(tx, claimId) : [];
  for (const { account_id, state, due_at } of open) {
    const until = state === 'sued' ? null : new Date(due_at.getTime() + measureLimits.undoMs);
    await keepUntil(deps, tx, askedFor(all, account_id), until);
  }
}

/** The claimant has gone to court: what was removed stays so until the staff decides. */
export async function sue(
  deps: Deps,
  tx: Tx,
  input: { readonly claimId: ClaimId; readonly counterId: CounterId; readonly court: string },
): Promise<Result<object, StepRefusal>> {
  const claim = await lockClaim(tx, input.claimId);
  const row = await lockCounter(tx, { id: input.counterId, claim_id: input.claimId });
  if (!claim || !row) return gone();
  const state = counterAfter(row.state, 'sue');
  if (claim.state !== 'upheld' || state === null) return notNow();
  await tx('claim_counters').where({ id: row.id }).update({ state, court: input.court });
  await keepUntil(deps, tx, askedFor(await videosOf(tx, claim.id), row.account_id), null);
  await tellUploader(deps, tx, 'sued', row, input.court);
  await deps.tellStaff(tx, `copyright-court:${row.id}`);
  return ok();
}

export function lockCounter(
  tx: Tx,
  by: { id: CounterId; claim_id?: ClaimId },
): Promise<CounterRow | undefined> {
  return tx('claim_counters').where(by).forUpdate().first();
}

export async function tellUploader(
  deps: Deps,
  tx: Tx,
  kind: ToUploader,
  row: CounterRow,
  answer: string,
): Promise<void> {
  const own = (await videosOf(tx, row.claim_id)).find(
    ({ account_id, measure_id }) => account_id === row.account_id && measure_id !== null,
  );
  if (!own?.measure_id) return;
  const link = deps.measures.appealLink(own.measure_id);
  await deps.letters.toUploader(tx, kind, { accountId: row.account_id, link, answer });
}

export interface CounterDecision {
  readonly counterId: CounterId;
  readonly accept: boolean;
  readonly answer: string;
  /** Only where it is this still. */
  readonly from?: CounterState;
}

/** Decides about a counter-notice: accepted, its videos come back with what went with them; rejected, they stay removed, or are again. */
export async function decideCounter(
  deps: Deps,
  tx: Tx,
  by: Actor,
  { counterId, accept, answer, from }: CounterDecision,
): Promise<Result<{ auditId: AuditId }, DecisionRefusal>> {
  const asked = await tx('claim_counters').where({ id: counterId }).first('claim_id');
  const claim = asked ? await lockClaim(tx, asked.claim_id) : undefined;
  const row = await lockCounter(tx, { id: counterId });
  if (!claim || !row) return gone();
  const all = await videosOf(tx, claim.id);
  const may = await mayDecide(tx, by, all);
  if (!may.ok) return may;
  const state = counterAfter(row.state, accept ? 'accept' : 'reject');
  const canBe = claim.state === 'upheld' || (claim.state === 'restored' && !accept);
  if (state === null || !canBe || (from !== undefined && row.state !== from)) return notNow();
  const isChange = row.state === 'accepted' || row.state === 'rejected';
  const auditId = await deps.audit.record(tx, by, {
    action: accept ? 'claim.accept-counter' : 'claim.reject-counter',
    ...{ target: { kind: 'claim', id: claim.id }, reason: answer, detail: { counterId, from: row.state } },
    ...(isChange ? await undoing(deps, tx, row.audit_id) : {}),
  });
  const decided = await write(deps, tx, { row, by, state, answer, auditId });
  const rows = askedFor(all, row.account_id);
  if (accept) await bringBackFor(deps, tx, { claim, by, auditId, answer }, rows);
  else {
    await removeAgain(deps, tx, { claim, by, auditId }, rows);
    const until = new Date(deps.clock.now() + measureLimits.undoMs);
    await keepUntil(deps, tx, askedFor(await videosOf(tx, claim.id), row.account_id), until);
  }
  await deps.letters.counterDecided(tx, claimFromRow(claim), counterFromRow(decided));
  if (!accept) await tellUploader(deps, tx, 'rejected', decided, answer);
  return ok({ auditId });
}

async function write(
  deps: Deps,
  tx: Tx,
  {
    row,
    by,
    state,
    answer,
    auditId,
  }: {
    readonly row: CounterRow;
    readonly by: Actor;
    readonly state: CounterState;
    readonly answer: string;
    readonly auditId: AuditId;
  },
): Promise<CounterRow> {
  const [decided] = await tx('claim_counters')
    .where({ id: row.id })
    .update({
      ...{ state, answer, audit_id: auditId, decided_at: new Date(deps.clock.now()) },
      decided_by_id: by.kind === 'person' ? by.accountId : null,
    })
    .returning<CounterRow[]>('*');
  if (!decided) throw new Error('A locked counter-notice is gone.');
  return decided;
}

interface Changing {
  readonly claim: ClaimRow;
  readonly by: Actor;
  readonly auditId: AuditId;
}

async function bringBackFor(
  deps: Deps,
  tx: Tx,
  { claim, by, auditId, answer }: Changing & { readonly answer: string },
  rows: readonly ClaimVideoRow[],
): Promise<void> {
  const reason = answer === '' ? 'A counter-notice was accepted.' : answer;
  await bringBack(deps, tx, { by, reason }, rows);
  if (await isAllBack(tx, claim.id)) {
    await tx('claims').where({ id: claim.id }).update({ state: 'restored', audit_id: auditId });
  }
}

export async function removeAgain(
  deps: Deps,
  tx: Tx,
  { claim, by, auditId }: Changing,
  rows: readonly ClaimVideoRow[],
): Promise<void> {
  if (claim.state === 'restored') {
    await tx('claims').where({ id: claim.id }).update({ state: 'upheld', audit_id: auditId });
  }
  await removeVideos(deps, tx, { claim: claimFromRow(claim), by, keepAway: false }, rows);
}

/** Brings back what nobody went to court about in time. Returns how many counter-notices that were. */
export async function acceptDue(deps: Deps): Promise<number> {
  const due: CounterId[] = await deps
    .db('claim_counters')
    .where({ state: 'waiting' })
    .where('due_at', '<=', new Date(deps.clock.now()))
    .orderBy('due_at')
    .limit(claimLimits.dueAtOnce)
    .pluck('id');
  let accepted = 0;
  for (const counterId of due) {
    const answer = 'The claimant did not go to court in time.';
    const decision = { counterId, accept: true, answer, from: 'waiting' } as const;
    const outcome = await deps.inTx((tx) => decideCounter(deps, tx, SERVER, decision));
    if (outcome.ok) accepted += 1;
  }
  return accepted;
}
