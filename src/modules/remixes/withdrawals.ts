import { remixRequestLimits } from '../../../config/media-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { ConsentDeps } from './consent.ts';

interface WithdrawalDeps extends ConsentDeps {
  readonly inTx: InTx;
}

interface Withdrawal {
  readonly account_id: AccountId;
  readonly original_uri: string;
}

interface WithdrawnStamp {
  readonly id: string;
  readonly account_id: AccountId;
  readonly instrument_uri: string;
}

/** An author who deletes a video takes back every leave to show it: however many made something from it, in short transactions (ADR 0080). */
export function withdrawalCommands({ inTx, enqueue, emit, urls }: WithdrawalDeps) {
  /**
   * Tells the makers of the next remixes, while there are any. Only of what has lost its original, as all remixes have since that
   * went: an index has these by the address of the original.
   */
  async function refuseSome(tx: Tx, { account_id: authorId, original_uri: uri }: Withdrawal) {
    const next = tx('videos')
      .where({ remix_of_uri: uri, remix_of_id: null })
      .whereNot({ account_id: authorId })
      .whereIn('remix_consent', ['asked', 'given'])
      .limit(remixRequestLimits.withdrawnAtOnce)
      .forUpdate()
      .select('id');
    const refused: { id: VideoId }[] = await tx('videos')
      .whereIn('id', next)
      .update({ remix_consent: 'refused', remix_refusal: 'withdrawn', remix_stamp_uri: null })
      .returning('id');
    for (const { id } of refused) await emit(tx, 'remix.settled', { videoId: id });
    return refused.length;
  }

  /** Tells the servers of the next stamps that these count no more. */
  async function revokeSome(tx: Tx, videoId: VideoId, authorId: AccountId) {
    const next = tx('withdrawn_stamps')
      .where({ video_id: videoId })
      .orderBy('id')
      .limit(remixRequestLimits.withdrawnAtOnce)
      .select('id');
    const stamps: WithdrawnStamp[] = await tx('withdrawn_stamps').whereIn('id', next).delete().returning('*');
    for (const { id, account_id: remixerId, instrument_uri: remixUri } of stamps) {
      const stampUri = urls.quoteAuthorization(id);
      await emit(tx, 'remix.revoked', { stampUri, authorId, remixUri, remixerId });
    }
    return stamps.length;
  }

  /** The next portion of either. Whoever is cut off has done it whole, or nothing of it. False: nothing is left. */
  const withdrawSome = (videoId: VideoId) =>
    inTx(async (tx) => {
      const row: Withdrawal | undefined = await tx('remix_withdrawals')
        .where({ video_id: videoId })
        .forUpdate()
        .first('account_id', 'original_uri');
      if (!row) return false;
      const told = (await refuseSome(tx, row)) + (await revokeSome(tx, videoId, row.account_id));
      if (told === 0) await tx('remix_withdrawals').where({ video_id: videoId }).delete();
      return told > 0;
    });

  return {
    /**
     * Notes, in the transaction that deletes the original and before that does, that its author takes back what was made from it:
     * its stamps go with it, and are known by this alone from then on. It is for the makers to delete what they made.
     */
    async withdrawAll(tx: Tx, accountId: AccountId, originalId: VideoId): Promise<void> {
      const original: { uri: string } | undefined = await tx('videos')
        .where({ id: originalId, account_id: accountId, local: true })
        .forUpdate()
        .first('uri');
      if (!original) return;
      await tx('remix_withdrawals').insert({
        ...{ video_id: originalId, original_uri: original.uri, account_id: accountId },
      });
      await tx('withdrawn_stamps').insert(
        tx('quote_authorizations')
          .where({ video_id: originalId })
          .whereNotNull('kind')
          .whereNot({ account_id: accountId })
          .select('id', 'video_id', 'account_id', 'instrument_uri'),
      );
      await enqueue(tx, { name: 'remixes.withdraw', payload: { videoId: originalId } });
    },

    /** The job `remixes.withdraw`: makers here are told, and other servers of each stamp. Can be cut off anywhere, and run again. */
    async withdraw(videoId: VideoId, { signal }: Pick<JobRun, 'signal'>): Promise<undefined> {
      do signal.throwIfAborted();
      while (await withdrawSome(videoId));
    },
  };
}
