import type { JobRun } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import { describe, relatedTo } from './finding.ts';
import { type ClaimId, type ClaimVideoRow, claimFromRow } from './model.ts';
import { addRelated, lockClaim, removeVideos, videosOf } from './removing.ts';

/** Removes what shows the same as the videos of an upheld claim, with what goes with that; each as it is found. */
export async function removeCopies(
  deps: ClaimDeps,
  claimId: ClaimId,
  { signal }: Pick<JobRun, 'signal'>,
): Promise<undefined> {
  const claimed: ClaimVideoRow[] = await deps.db('claim_videos').where({ claim_id: claimId, via: 'claimed' });
  const shown = claimed.filter((row) => row.removed_at !== null && row.restored_at === null);
  const references: VideoId[] = shown.map((row) => row.video_id);
  for await (const { videoId, ofId } of deps.hashes.samePictures(references, signal)) {
    const isOpen = await removeCopy(deps, claimId, { videoId, ofId });
    if (!isOpen) return undefined;
  }
  // Nothing is lost when it is run again from the start.
  signal.throwIfAborted();
  return undefined;
}

/** False where the claim is not upheld any more. */
async function removeCopy(
  deps: ClaimDeps,
  claimId: ClaimId,
  { videoId, ofId }: { readonly videoId: VideoId; readonly ofId: VideoId },
): Promise<boolean> {
  return deps.inTx(async (tx) => {
    const row = await lockClaim(tx, claimId);
    if (row?.state !== 'upheld') return false;
    const known = await videosOf(tx, claimId);
    const reference = known.find((one) => one.video_id === ofId);
    // Its uploader has answered meanwhile, and it is back.
    if (reference === undefined || reference.restored_at !== null) return true;
    const related = [
      ...(await describe(tx, [{ videoId, ofId, via: 'picture' }])),
      ...(await relatedTo(deps.hashes, tx, [videoId], row.sound_policy)),
    ];
    await addRelated(deps, tx, claimId, related);
    const isKnown = new Set(known.map((one) => one.id));
    const fresh = (await videosOf(tx, claimId)).filter((one) => !isKnown.has(one.id));
    await removeVideos(deps, tx, { claim: claimFromRow(row), by: SERVER, keepAway: false }, fresh);
    return true;
  });
}
