import { claimLimits } from '../../../config/claim-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AuditId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type AuditAction, outranks, permitted, standingOf } from '../staff/index.ts';
import type { ClaimDeps } from './deps.ts';
import { gone, notNow } from './filing.ts';
import { relatedTo } from './finding.ts';
import type { Letters } from './letters.ts';
import {
  afterStep,
  type ClaimId,
  type ClaimRow,
  type ClaimStep,
  type ClaimVideoRow,
  claimFromRow,
  type SoundPolicy,
} from './model.ts';
import { addRelated, bringBack, lockClaim, removeVideos, videosOf } from './removing.ts';
import { undoing } from './undoing.ts';
import { endCounters } from './withdrawing.ts';

export interface Decision {
  readonly claimId: ClaimId;
  /** As the claimant reads it. */
  readonly answer: string;
}

export type DecisionRefusal = 'permission-missing' | 'outranked' | 'not-found' | 'decided-before';

type Deps = ClaimDeps & { readonly letters: Letters };
type Outcome = Result<{ auditId: AuditId }, DecisionRefusal>;

/** Whether somebody may decide about what concerns these videos: about nobody who ranks as high. */
export async function mayDecide(
  tx: Tx,
  by: Actor,
  rows: readonly ClaimVideoRow[],
): Promise<Result<object, 'permission-missing' | 'outranked'>> {
  const reads = permitted(by, 'reports');
  if (!reads.ok) return reads;
  const acts = permitted(by, 'content');
  if (!acts.ok) return acts;
  for (const row of rows.filter(({ via }) => via === 'claimed')) {
    if (outranks(by, (await standingOf(tx, row.account_id)).rank)) continue;
    return fail('outranked', 'It concerns an account that ranks as high as yours on this server, or higher.');
  }
  return ok();
}

interface Deciding extends Decision {
  readonly step: Exclude<ClaimStep, 'confirm' | 'withdraw'>;
  readonly action: AuditAction;
  readonly detail?: Readonly<Record<string, unknown>>;
}

interface Decided {
  readonly row: ClaimRow;
  readonly videos: readonly ClaimVideoRow[];
  readonly auditId: AuditId;
}

/** What every decision has in common: who may, whether it can be, and what is on record of it. */
async function decide(
  deps: Deps,
  tx: Tx,
  by: Actor,
  { claimId, answer, step, action, detail }: Deciding,
): Promise<Result<Decided, DecisionRefusal>> {
  const allowed = permitted(by, 'reports');
  if (!allowed.ok) return allowed;
  const before = await lockClaim(tx, claimId);
  if (!before) return gone();
  const videos = await videosOf(tx, claimId);
  const may = await mayDecide(tx, by, videos);
  if (!may.ok) return may;
  const state = afterStep(before.state, step);
  if (state === null) return notNow();
  const auditId = await deps.audit.record(tx, by, {
    ...{ action, target: { kind: 'claim', id: claimId }, reason: answer },
    detail: { videoIds: videos.map((row) => row.video_id), from: before.state, ...detail },
    // A claim that is open for the first time has nothing to take back.
    ...(before.state === 'open' ? {} : await undoing(deps, tx, before.audit_id)),
  });
  const [row] = await tx('claims')
    .where({ id: claimId })
    .update({
      ...{ state, answer: answer.slice(0, claimLimits.maxTextCharacters), audit_id: auditId },
      decided_at: state === 'open' ? null : new Date(deps.clock.now()),
      decided_by_id: by.kind === 'person' ? by.accountId : null,
    })
    .returning<ClaimRow[]>('*');
  if (!row) throw new Error('A locked claim is gone.');
  await deps.letters.decided(tx, claimFromRow(row));
  return ok({ row, videos, auditId });
}

/**
 * Upholds a claim: its videos are removed with what has the same file and with remixes of them, and a job looks for what shows the same. The first of them are at once, the others a portion at a time. What was
 * made with the sound of one is muted or removed as well, or kept, as `sounds` says.
 * One that was restored is upheld again by this, and whatever a counter-notice said is rejected with it.
 */
export async function uphold(
  deps: Deps,
  tx: Tx,
  by: Actor,
  input: Decision & { readonly keepAway: boolean; readonly sounds: SoundPolicy },
): Promise<Outcome> {
  const { keepAway, sounds, ...decision } = input;
  const decided = await decide(deps, tx, by, {
    ...{ ...decision, step: 'uphold', action: 'claim.uphold', detail: { keepAway, sounds } },
  });
  if (!decided.ok) return decided;
  const { videos, auditId } = decided;
  const row = { ...decided.row, sound_policy: sounds };
  await tx('claims').where({ id: row.id }).update({ sound_policy: sounds });
  await tx('claim_counters').where({ claim_id: row.id }).update({ state: 'rejected' });
  const claimed: VideoId[] = videos.filter(({ via }) => via === 'claimed').map(({ video_id }) => video_id);
  await addRelated(deps, tx, row.id, await relatedTo(deps.hashes, tx, claimed, sounds));
  const removing = { claim: claimFromRow(row), by, keepAway };
  await removeVideos(deps, tx, removing, await videosOf(tx, row.id));
  for (const name of ['claims.settle', 'claims.copies'] as const) {
    await deps.enqueue(tx, { name, payload: { claimId: row.id }, key: `${name}:${row.id}` });
  }
  return ok({ auditId });
}

/** Rejects a claim: the videos stay. */
export async function reject(deps: Deps, tx: Tx, by: Actor, input: Decision): Promise<Outcome> {
  const decided = await decide(deps, tx, by, { ...input, step: 'reject', action: 'claim.reject' });
  return decided.ok ? ok({ auditId: decided.auditId }) : decided;
}

/** Takes a rejection back: the claim is open again. */
export async function reopen(deps: Deps, tx: Tx, by: Actor, input: Decision): Promise<Outcome> {
  const decided = await decide(deps, tx, by, { ...input, step: 'reopen', action: 'claim.reopen' });
  return decided.ok ? ok({ auditId: decided.auditId }) : decided;
}

/** Takes an upheld claim back: all that was removed for it comes back. */
export async function restore(deps: Deps, tx: Tx, by: Actor, input: Decision): Promise<Outcome> {
  const decided = await decide(deps, tx, by, { ...input, step: 'restore', action: 'claim.restore' });
  if (!decided.ok) return decided;
  const { row, videos, auditId } = decided;
  await bringBack(deps, tx, { by, reason: input.answer }, videos);
  await endCounters(tx, row.id);
  return ok({ auditId });
}

/** Takes back that a claim was upheld: what was removed comes back, and the claim waits for a decision again. */
export async function reconsider(deps: Deps, tx: Tx, by: Actor, input: Decision): Promise<Outcome> {
  const decided = await decide(deps, tx, by, { ...input, step: 'reconsider', action: 'claim.reopen' });
  if (!decided.ok) return decided;
  const { videos, auditId } = decided;
  await bringBack(deps, tx, { by, reason: input.answer }, videos);
  return ok({ auditId });
}
