import { claimLimits } from '../../../config/claim-limits.ts';
import type { Tx } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { ClaimDeps } from './deps.ts';
import { findTargets } from './finding.ts';
import type { Letters } from './letters.ts';
import { afterStep, type Claim, type Claimant, type ClaimId, type ClaimRow, claimFromRow } from './model.ts';
import { lockClaim } from './removing.ts';
import { takeBack } from './withdrawing.ts';

/** What somebody files, as the form has it. That both statements were made is a condition for calling this at all. */
export interface NewClaim extends Claimant {
  readonly work: string;
  readonly originals: readonly string[];
  /** Addresses of the videos. */
  readonly videos: readonly string[];
  readonly signature: string;
}

export type FilingRefusal = 'claim-target-unknown' | 'too-many-claims';

/**
 * Files a claim. Where mail is on, a link is sent first, and nobody sees the claim before it was followed; without mail the claim is open
 * at once, and says that the address is not confirmed.
 */
export async function fileClaim(
  deps: ClaimDeps & { readonly letters: Letters },
  tx: Tx,
  input: NewClaim,
): Promise<Result<{ claim: Claim }, FilingRefusal>> {
  if (await filedEnough(deps, tx, input.email)) {
    return fail('too-many-claims', 'This address has filed many claims in the last hour. Try again later.');
  }
  const { targets, unknown } = await findTargets(deps, tx, input.videos);
  if (unknown.length > 0) {
    return fail(
      'claim-target-unknown',
      `There is no video here that everybody can see at ${unknown.join(', ')}.`,
    );
  }
  const id = deps.ids.next<'claim'>();
  const [row] = await tx('claims')
    .insert({
      id,
      state: deps.mail.isOn ? 'unconfirmed' : 'open',
      created_at: new Date(deps.clock.now()),
      ...{ name: input.name, email: input.email, organisation: input.organisation },
      ...{ address: input.address, country: input.country, acts_as: input.actsAs },
      ...{ work: input.work, originals: [...input.originals], signature: input.signature },
    })
    .returning<ClaimRow[]>('*');
  if (!row) throw new Error('A claim could not be written.');
  await tx('claim_videos').insert(
    targets.map(({ videoId, accountId, url }) => ({
      id: deps.ids.next<'claim-video'>(),
      ...{ claim_id: id, video_id: videoId, account_id: accountId, url, via: 'claimed' },
    })),
  );
  const claim = claimFromRow(row);
  if (deps.mail.isOn) await deps.letters.askToConfirm(tx, claim);
  else await deps.tellStaff(tx, `copyright-claim:${id}`);
  return ok({ claim });
}

/** Each claim sends a mail to the address that is given: so that nobody fills the mailbox of somebody else. */
async function filedEnough({ clock }: ClaimDeps, tx: Tx, email: string): Promise<boolean> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended('claims ' || lower(?), 0))`, [email]);
  const row = await tx('claims')
    .whereRaw('lower(email) = lower(?)', [email])
    .where('created_at', '>', new Date(clock.now() - 3_600_000))
    .count('* as count')
    .first();
  return Number(row?.count ?? 0) >= claimLimits.perAddressAndHour;
}

export type StepRefusal = 'not-found' | 'decided-before';

export const gone = () => fail('not-found', 'There is no such claim here.');
export const notNow = () =>
  fail('decided-before', 'That cannot be done with it as it is now: read it again.');

/** Shows the address to be theirs, as whoever followed the link. Once is enough. */
export async function confirmClaim(
  deps: ClaimDeps & { readonly letters: Letters },
  tx: Tx,
  id: ClaimId,
): Promise<Result<object, StepRefusal>> {
  const row = await lockClaim(tx, id);
  if (!row) return gone();
  if (row.confirmed_at !== null) return ok();
  const state = afterStep(row.state, 'confirm');
  if (state === null) return notNow();
  const [confirmed] = await tx('claims')
    .where({ id })
    .update({ state, confirmed_at: new Date(deps.clock.now()) })
    .returning<ClaimRow[]>('*');
  if (!confirmed) throw new Error('A locked claim is gone.');
  await deps.letters.received(tx, claimFromRow(confirmed));
  await deps.tellStaff(tx, `copyright-claim:${id}`);
  return ok();
}

/** Withdraws a claim, as whoever filed it: what was removed for it comes back. */
export async function withdrawClaim(
  deps: ClaimDeps & { readonly letters: Letters },
  tx: Tx,
  id: ClaimId,
): Promise<Result<object, StepRefusal>> {
  const row = await lockClaim(tx, id);
  if (!row) return gone();
  if (afterStep(row.state, 'withdraw') === null) return notNow();
  await takeBack(deps, tx, row);
  return ok();
}
