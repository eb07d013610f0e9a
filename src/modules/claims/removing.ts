import { claimLimits } from '../../../config/claim-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, AuditId, VideoId } from '../../lib/ids.ts';
import { type Actor, standingOf } from '../staff/index.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import type { Related } from './finding.ts';
import type { Claim, ClaimId, ClaimRow, ClaimVideoRow } from './model.ts';
import { actOnRepeats, forgiveRepeats } from './repeats.ts';

/** A claim that is about to change: nobody else changes it until the transaction ends. */
export function lockClaim(tx: Tx, id: ClaimId): Promise<ClaimRow | undefined> {
  return tx('claims').where({ id }).forUpdate().first();
}

/** Its videos in the order in which accounts are locked, so that two claims never wait for each other. */
export function videosOf(tx: Tx, claimId: ClaimId): Promise<ClaimVideoRow[]> {
  return tx('claim_videos').where({ claim_id: claimId }).orderBy(['account_id', 'video_id']);
}

/** Lets what goes with a claim be among its videos; what is among them already stays as it is. */
export async function addRelated(
  deps: Pick<ClaimDeps, 'ids'>,
  tx: Tx,
  claimId: ClaimId,
  related: readonly Related[],
): Promise<void> {
  if (related.length === 0) return;
  await tx('claim_videos')
    .insert(
      related.map(({ videoId, accountId, url, via, viaVideoId }) => ({
        id: deps.ids.next<'claim-video'>(),
        ...{ claim_id: claimId, video_id: videoId, account_id: accountId, url, via },
        via_video_id: viaVideoId,
      })),
    )
    .onConflict(['claim_id', 'video_id'])
    .ignore();
}

const HOW = {
  claimed: '',
  file: ' This video is the same as one that the claim names.',
  picture: ' This video shows the same as one that the claim names.',
  remix: ' This video was made from one that the claim names.',
} as const;

/** What the uploader is told of the removal. */
function factsOf({ id, claimant, work }: Claim, { via }: ClaimVideoRow): string {
  const { name, organisation } = claimant;
  const who = organisation === '' ? name : `${name} (${organisation})`;
  const told = [...work].slice(0, claimLimits.toldWorkCharacters).join('');
  return `Copyright claim no. ${id} of ${who} was upheld. The work: ${told}${HOW[via]}`;
}

export interface Removing {
  readonly claim: Claim;
  readonly by: Actor;
  /** Whether the files and pictures are to be kept from being uploaded again. */
  readonly keepAway: boolean;
}

/**
 * Removes those of these videos of a claim that are seen: the claimed ones as whoever decides, what goes with them as the server, which
 * leaves those of the staff to a person. What is gone already stays on record as it is.
 */
export async function removeVideos(
  deps: ClaimDeps,
  tx: Tx,
  removing: Removing,
  rows: readonly ClaimVideoRow[],
): Promise<void> {
  for (const row of rows) {
    if (row.removed_at !== null && row.restored_at === null) continue;
    await removeOne(deps, tx, removing, row);
  }
  const accounts = new Set(rows.filter(({ via }) => via !== 'remix').map((row) => row.account_id));
  await actOnRepeats(deps, tx, removing.claim.id, [...accounts]);
}

async function removeOne(
  deps: ClaimDeps,
  tx: Tx,
  { claim, by, keepAway }: Removing,
  row: ClaimVideoRow,
): Promise<void> {
  const isClaimed = row.via === 'claimed';
  if (!isClaimed && (await standingOf(tx, row.account_id)).rank > 0) return;
  const target = { kind: 'video', id: row.video_id } as const;
  const taken = await deps.measures.take(tx, isClaimed ? by : SERVER, {
    ...{ target, measure: 'remove', facts: factsOf(claim, row), automated: !isClaimed },
  });
  if (!taken.ok || taken.measureId === null) return;
  const { measureId, changed } = taken;
  const isOurs = changed || (await holders(tx, row, measureId)).length > 0;
  const listedId = keepAway && isClaimed ? await keepAwayFrom(deps, tx, claim, row.video_id) : null;
  await tx('claim_videos')
    .where({ id: row.id })
    .update({
      ...{ measure_id: measureId, owns_measure: isOurs, listed_id: listedId },
      ...{ removed_at: new Date(deps.clock.now()), restored_at: null },
    });
}

/** Other claims for which a video is removed by the same measure. */
function holders(tx: Tx, { id }: ClaimVideoRow, measureId: string): Promise<ClaimVideoRow[]> {
  return tx('claim_videos')
    .where({ measure_id: measureId, owns_measure: true, restored_at: null })
    .whereNot({ id });
}

/** Lists it; null where it is listed already, or nothing is known of its file. */
async function keepAwayFrom(deps: ClaimDeps, tx: Tx, claim: Claim, videoId: VideoId) {
  const label = `Copyright claim ${claim.id}`;
  const listed = await deps.hashes.addVideo(tx, SERVER, { videoId, label });
  return listed.ok ? listed.id : null;
}

/** Those of these videos, and all that was removed because of them. */
export function withFollowers(
  all: readonly ClaimVideoRow[],
  first: readonly ClaimVideoRow[],
): ClaimVideoRow[] {
  const chosen = new Set(first.map((row) => row.video_id));
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const row of all) {
      if (row.via_video_id !== null && chosen.has(row.via_video_id)) chosen.add(row.video_id);
    }
  }
  return all.filter((row) => chosen.has(row.video_id));
}

export interface Bringing {
  readonly by: Actor;
  readonly reason: string;
}

/**
 * Brings back what was removed for a claim, unless it is removed for another reason, too. What was removed for good meanwhile stays away.
 */
export async function bringBack(
  deps: ClaimDeps,
  tx: Tx,
  { by, reason }: Bringing,
  rows: readonly ClaimVideoRow[],
): Promise<void> {
  const back = rows.filter((row) => row.removed_at !== null && row.restored_at === null);
  for (const row of back) {
    await tx('claim_videos')
      .where({ id: row.id })
      .update({ restored_at: new Date(deps.clock.now()), listed_id: null });
    if (row.listed_id !== null) await deps.hashes.remove(tx, SERVER, row.listed_id);
    const measure = row.owns_measure && row.measure_id !== null ? await measureOf(tx, row.measure_id) : null;
    if (measure === null || (await holders(tx, row, row.measure_id ?? '')).length > 0) continue;
    await deps.measures.undo(tx, row.via === 'claimed' ? by : SERVER, measure, reason);
  }
  const accounts = [...new Set(back.map((row) => row.account_id))];
  await forgiveRepeats(deps, tx, { accounts, reason });
}

/** The entry of the log that tells of a measure which is in force; null where there is none. */
async function measureOf(tx: Tx, id: string): Promise<AuditId | null> {
  const row = await tx('measures').where({ id, lifted_at: null }).first('audit_id');
  return row?.audit_id ?? null;
}

/** Whether nothing is removed for a claim any more. */
export async function isAllBack(tx: Tx, claimId: ClaimId, accountId?: AccountId): Promise<boolean> {
  const still = await tx('claim_videos')
    .where({ claim_id: claimId, restored_at: null, ...(accountId ? { account_id: accountId } : {}) })
    .whereNotNull('removed_at')
    .first('id');
  return still === undefined;
}
