import type { Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { ClassifierGate } from '../classifier/index.ts';
import type { Label, Screening } from '../rules/index.ts';
import type { VideoCommandDeps } from './commands.ts';
import { refuseVideo, releaseVideo } from './held.ts';
import type { PurgeDeps } from './purge.ts';
import { screenLabels } from './screened.ts';

/**
 * What becomes of a video once the classifier has answered, or will not. While it is asked, a video that waits for it is
 * held like one that waits for a moderator, only that no moderator is asked: so all that knows of held videos knows of
 * it, too. A moderator may decide before the answer is there; then it holds nothing back any more.
 */

export type ConcludeDeps = VideoCommandDeps &
  PurgeDeps & { readonly screening: Screening; readonly classifier: ClassifierGate };

interface Asked {
  readonly accountId: AccountId;
  readonly isHeld: boolean;
}

/** Does what rules say of the labels, in the order of what they do. */
export async function concludeWith(
  deps: ConcludeDeps,
  tx: Tx,
  videoId: VideoId,
  labels: readonly Label[],
): Promise<null> {
  const asked = await lockAsked(tx, videoId);
  if (!asked || !(await deps.classifier.conclude(tx, videoId, { labels }))) return null;
  const { accountId, isHeld } = asked;
  const screened = await screenLabels(deps, tx, videoId, { labels, isSeen: !isHeld });
  if (!screened.ok) {
    await tx('held_posts').where({ video_id: videoId }).delete();
    await refuseVideo(deps, tx, { videoId, reason: screened.detail ?? screened.reason });
    return null;
  }
  const { verdict } = screened;
  if (verdict.sensitive) await tx('videos').where({ id: videoId }).update({ sensitive: true });
  await deps.screening.settle(tx, verdict, { kind: 'video', id: videoId, accountId });
  if (isHeld) await releaseUnlessHeld(deps, tx, videoId);
  return null;
}

/** Nobody says what a video shows: a moderator decides about one that waits, or it is published, as the staff has set. */
export async function concludeUnanswered(
  deps: ConcludeDeps,
  tx: Tx,
  videoId: VideoId,
  { failure, isOff = false }: { readonly failure: string; readonly isOff?: boolean },
): Promise<null> {
  const asked = await lockAsked(tx, videoId);
  if (!asked || !(await deps.classifier.conclude(tx, videoId, { failure })) || !asked.isHeld) return null;
  if (!isOff && !deps.classifier.publishesWhenDown()) {
    await deps.screening.holdUnjudged(
      tx,
      { kind: 'video', id: videoId, accountId: asked.accountId },
      failure,
    );
  }
  await releaseUnlessHeld(deps, tx, videoId);
  return null;
}

/** Ends questions that nobody works on any more; returns how many. */
export async function endAbandoned(deps: ConcludeDeps, tx: Tx): Promise<number> {
  const videoIds = await deps.classifier.abandoned(tx);
  const failure = 'The classifier was asked, and the job that asked it ended without an answer.';
  for (const videoId of videoIds) await concludeUnanswered(deps, tx, videoId, { failure });
  return videoIds.length;
}

async function releaseUnlessHeld(deps: ConcludeDeps, tx: Tx, videoId: VideoId): Promise<void> {
  if (await tx('held_posts').where({ video_id: videoId }).first('id')) return;
  await releaseVideo(deps, tx, videoId);
}

async function lockAsked(tx: Tx, videoId: VideoId): Promise<Asked | null> {
  const row = await tx('videos').where({ id: videoId }).forUpdate().first('account_id', 'hold');
  return row ? { accountId: row.account_id, isHeld: row.hold } : null;
}
