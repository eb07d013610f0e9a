import type { Tx } from '../../db/database.ts';
import type { MeasureId } from '../../lib/ids.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import type { ClaimVideoRow } from './model.ts';
import { bringBack, isAllBack, lockClaim, videosOf, withFollowers } from './removing.ts';
import { endCounters } from './withdrawing.ts';

/**
 * A removal was taken back otherwise, as by an appeal or by somebody of the staff: the claims that it was for follow, with what went with
 * that video. What the claim itself brought back is so already.
 */
export async function onMeasureLifted(
  deps: ClaimDeps,
  tx: Tx,
  { measureId }: { readonly measureId: MeasureId },
): Promise<void> {
  const touched: ClaimVideoRow[] = await tx('claim_videos')
    .where({ measure_id: measureId, restored_at: null })
    .orderBy('claim_id');
  for (const { claim_id: claimId, video_id: videoId } of touched) {
    const claim = await lockClaim(tx, claimId);
    const all = await videosOf(tx, claimId);
    const lifted = all.filter((row) => row.video_id === videoId);
    const reason = 'The removal that it went with was taken back.';
    await bringBack(deps, tx, { by: SERVER, reason }, withFollowers(all, lifted));
    if (claim?.state !== 'upheld' || !(await isAllBack(tx, claimId))) continue;
    await tx('claims').where({ id: claimId }).update({ state: 'restored' });
    await endCounters(tx, claimId);
  }
}
