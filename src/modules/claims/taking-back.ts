import { measureLimits } from '../../../config/measure-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AuditId } from '../../lib/ids.ts';
import { type Failure, fail, ok, type Result } from '../../lib/result.ts';
import type { Actor, AuditEntry } from '../staff/index.ts';
import { askedFor, decideCounter, keepUntil, lockCounter, removeAgain, tellUploader } from './countering.ts';
import { type DecisionRefusal, mayDecide, reconsider, reopen, restore, uphold } from './deciding.ts';
import type { ClaimDeps } from './deps.ts';
import { gone } from './filing.ts';
import type { Letters } from './letters.ts';
import { type ClaimId, type CounterId, type CounterRow, claimFromRow, counterFromRow } from './model.ts';
import { lockClaim, videosOf } from './removing.ts';
import { undoing } from './undoing.ts';

type Deps = ClaimDeps & { readonly letters: Letters };
type TakenBack = Result<{ auditId: AuditId }, DecisionRefusal | 'not-undoable'>;

/** Takes a decision back: what it was about is as it was before, and waits again where it waited. */
export async function takeDecisionBack(
  deps: Deps,
  tx: Tx,
  by: Actor,
  entry: AuditEntry,
  reason: string,
): Promise<TakenBack> {
  if (entry.action.endsWith('-counter')) return takeCounterBack(deps, tx, by, entry, reason);
  const claimId = entry.target.id as ClaimId;
  const claim = await lockClaim(tx, claimId);
  if (!claim) return gone();
  if (claim.audit_id !== entry.id) return decidedSince();
  const input = { claimId, answer: reason };
  if (entry.action === 'claim.reject') return reopen(deps, tx, by, input);
  // Which of them were ended by it, and how they stood, is for a person to say.
  if (await tx('claim_counters').where({ claim_id: claimId }).first('id')) {
    return fail('not-undoable', 'An uploader has answered to this claim: decide anew on its page.');
  }
  if (entry.action === 'claim.restore') {
    return uphold(deps, tx, by, {
      ...input,
      keepAway: await wasKeptAway(deps, tx, entry),
      sounds: claim.sound_policy,
    });
  }
  return entry.detail.from === 'open' ? reconsider(deps, tx, by, input) : restore(deps, tx, by, input);
}

const decidedSince = (): Failure<'not-undoable'> =>
  fail('not-undoable', 'Something was decided about it since: see how it is now, and decide anew.');

/** Whether the files of a claim were to be kept away before it was restored. */
async function wasKeptAway({ audit }: Deps, tx: Tx, { undoes }: AuditEntry): Promise<boolean> {
  const upheld = undoes === null ? null : await audit.byId(tx, undoes);
  return upheld?.detail.keepAway === true;
}

async function takeCounterBack(
  deps: Deps,
  tx: Tx,
  by: Actor,
  entry: AuditEntry,
  reason: string,
): Promise<TakenBack> {
  const { counterId, from } = entry.detail as { counterId: CounterId; from?: CounterRow['state'] };
  const claim = await lockClaim(tx, entry.target.id as ClaimId);
  const row = await lockCounter(tx, { id: counterId });
  if (!claim || !row) return gone();
  if (row.audit_id !== entry.id) return decidedSince();
  if (from !== 'waiting' && from !== 'sued') {
    return decideCounter(deps, tx, by, { counterId, accept: row.state === 'rejected', answer: reason });
  }
  const all = await videosOf(tx, claim.id);
  const may = await mayDecide(tx, by, all);
  if (!may.ok) return may;
  if (from === 'waiting' && row.due_at.getTime() <= deps.clock.now()) {
    return fail(
      'not-undoable',
      'Its days are over, so it would be accepted at once: decide anew on its page.',
    );
  }
  const auditId = await deps.audit.record(tx, by, {
    ...{ action: 'claim.reopen-counter', target: entry.target, reason, detail: { counterId } },
    ...(await undoing(deps, tx, entry.id)),
  });
  await tx('claim_counters')
    .where({ id: row.id })
    .update({ state: from, answer: '', audit_id: auditId, decided_at: null, decided_by_id: null });
  const rows = askedFor(all, row.account_id);
  if (row.state === 'accepted') await removeAgain(deps, tx, { claim, by, auditId }, rows);
  const until = from === 'sued' ? null : new Date(row.due_at.getTime() + measureLimits.undoMs);
  await keepUntil(deps, tx, askedFor(await videosOf(tx, claim.id), row.account_id), until);
  const opened = counterFromRow({ ...row, state: from, answer: reason });
  await deps.letters.counterDecided(tx, claimFromRow(claim), opened);
  await tellUploader(deps, tx, 'open', row, reason);
  return ok({ auditId });
}
