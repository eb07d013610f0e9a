import { claimLimits } from '../../../config/claim-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, AuditId, VideoId } from '../../lib/ids.ts';
import { type Actor, standingOf } from '../staff/index.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import type { Related } from './finding.ts';
import { type Claim, type ClaimId, type ClaimRow, type ClaimVideoRow, lentVias } from './model.ts';
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
  sound: ' This video has the sound of one that the claim names.',
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
 * leaves those of the staff to a person. What only has the sound of one is muted, where the claim was upheld so. What is gone already stays on record as it is.
 */
export async function removeVideos(
  deps: ClaimDeps,
  tx: Tx,
  removing: Removing,
  rows: readonly ClaimVideoRow[],
): Promise<void> {
  const { id, soundPolicy } = removing.claim;
  const due = rows.filter((row) => !isRemoved(row) && !(row.via === 'sound' && soundPolicy === 'keep'));
  await mark(tx, due, { awaits: 'removal' });
  // What came back and was not back yet is to stay away.
  await mark(tx, rows.filter(isRemoved), { awaits: null, return_reason: null });
  await removeSome(deps, tx, removing);
  await settleSoon(deps, tx, id);
}

const isRemoved = ({ removed_at, restored_at }: ClaimVideoRow): boolean =>
  removed_at !== null && restored_at === null;

async function mark(
  tx: Tx,
  rows: readonly ClaimVideoRow[],
  as: Partial<Pick<ClaimVideoRow, 'awaits' | 'return_reason'>>,
): Promise<void> {
  await tx('claim_videos')
    .whereRaw('id = any(?::bigint[])', [rows.map(({ id }) => id)])
    .update(as);
}

/** The next portion: the claimed ones first, in the order in which accounts are locked. */
async function nextOf(
  tx: Tx,
  claimId: ClaimId,
  awaits: NonNullable<ClaimVideoRow['awaits']>,
): Promise<ClaimVideoRow[]> {
  const first = tx('claim_videos')
    .where({ claim_id: claimId, awaits })
    .orderByRaw(`(via <> 'claimed'), account_id, video_id`)
    .limit(claimLimits.changedAtOnce)
    .select('id');
  return tx('claim_videos').whereIn('id', first).orderBy(['account_id', 'video_id']);
}

/** Has the rest be done in the background, where there is any. */
async function settleSoon({ enqueue }: Pick<ClaimDeps, 'enqueue'>, tx: Tx, claimId: ClaimId): Promise<void> {
  const rest = await tx('claim_videos').where({ claim_id: claimId }).whereNotNull('awaits').first('id');
  if (!rest) return;
  await enqueue(tx, {
    name: 'claims.settle',
    payload: { claimId },
    key: `claims.settle:${claimId}`,
  });
}

/** Removes the next portion of what is to be removed for a claim. Returns how many were looked at. */
export async function removeSome(deps: ClaimDeps, tx: Tx, removing: Removing): Promise<number> {
  const rows = await nextOf(tx, removing.claim.id, 'removal');
  for (const row of rows) await removeOne(deps, tx, removing, row);
  await mark(tx, rows, { awaits: null });
  const accounts = new Set(rows.filter(({ via }) => !lentVias.includes(via)).map((row) => row.account_id));
  await actOnRepeats(deps, tx, removing.claim.id, [...accounts]);
  return rows.length;
}

/** What has the sound alone is muted, unless the staff wants it removed. */
const measureFor = ({ soundPolicy }: Claim, { via }: ClaimVideoRow): 'mute' | 'remove' =>
  via === 'sound' && soundPolicy === 'mute' ? 'mute' : 'remove';

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
    ...{ target, measure: measureFor(claim, row), facts: factsOf(claim, row), automated: !isClaimed },
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

/**
 * Those of the videos of a claim with which others go: all but what came back, and what went with that. Some of it was not
 * removed yet, and never is.
 */
export function goneOf(all: readonly ClaimVideoRow[]): ClaimVideoRow[] {
  const restored = all.filter(({ restored_at: at }) => at !== null);
  const back = new Set(withFollowers(all, restored));
  return all.filter((row) => isRemoved(row) || !back.has(row));
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
  await mark(
    tx,
    rows.filter((row) => !isRemoved(row)),
    { awaits: null },
  );
  await mark(tx, rows.filter(isRemoved), { awaits: 'return', return_reason: reason });
  for (const claimId of new Set(rows.map((row) => row.claim_id))) {
    await bringSomeBack(deps, tx, claimId, by);
    await settleSoon(deps, tx, claimId);
  }
}

/** Brings back the next portion of what is to come back. Returns how many that were. */
export async function bringSomeBack(deps: ClaimDeps, tx: Tx, claimId: ClaimId, by: Actor): Promise<number> {
  const back = await nextOf(tx, claimId, 'return');
  for (const row of back) {
    await tx('claim_videos')
      .where({ id: row.id })
      .update({
        ...{ restored_at: new Date(deps.clock.now()), listed_id: null },
        ...{ awaits: null, return_reason: null },
      });
    if (row.listed_id !== null) await deps.hashes.remove(tx, SERVER, row.listed_id);
    const measure = row.owns_measure && row.measure_id !== null ? await measureOf(tx, row.measure_id) : null;
    if (measure === null || (await holders(tx, row, row.measure_id ?? '')).length > 0) continue;
    await deps.measures.undo(tx, row.via === 'claimed' ? by : SERVER, measure, row.return_reason ?? '');
  }
  const accounts = [...new Set(back.map((row) => row.account_id))];
  await forgiveRepeats(deps, tx, { accounts, reason: back[0]?.return_reason ?? '' });
  return back.length;
}

/** The entry of the log that tells of a measure which is in force; null where there is none. */
async function measureOf(tx: Tx, id: string): Promise<AuditId | null> {
  const row = await tx('measures').where({ id, lifted_at: null }).first('audit_id');
  return row?.audit_id ?? null;
}

/** Whether nothing is removed for a claim any more, but for what is about to come back. */
export async function isAllBack(tx: Tx, claimId: ClaimId, accountId?: AccountId): Promise<boolean> {
  const still = await tx('claim_videos')
    .where({ claim_id: claimId, ...(accountId ? { account_id: accountId } : {}) })
    .where((one) =>
      one
        .where({ awaits: 'removal' })
        .orWhere((removed) => removed.where({ restored_at: null, awaits: null }).whereNotNull('removed_at')),
    )
    .first('id');
  return still === undefined;
}
