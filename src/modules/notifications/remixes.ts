import type { Tx } from '../../db/database.ts';
import type { AccountId, RemixRequestId, VideoId } from '../../lib/ids.ts';
import { type TellingDeps, tell } from './telling.ts';

/** Who hears of duets and stitches. */
export const remixNews = (deps: TellingDeps) => ({
  /** Somebody made one, or it is allowed no more. */
  onRemix: {
    all: (tx: Tx, events: readonly { videoId: VideoId }[]) => tellOfRemixes(deps, tx, events),
  },
  /** Somebody asks an author whether a video of theirs may be part of one more. */
  async onRemixRequested(tx: Tx, { requestId }: { requestId: RemixRequestId }): Promise<void> {
    const row = await tx('remix_requests')
      .join('videos', 'videos.id', 'remix_requests.video_id')
      .where({ 'remix_requests.id': requestId, 'remix_requests.state': 'waiting' })
      .first('videos.account_id as accountId', 'videos.id as videoId', 'remix_requests.account_id as fromId');
    const subject = `vireo.remix_request:${requestId}`;
    if (row) await tell(deps, tx, [{ ...row, type: 'vireo.remix_request', subject }]);
  },
});

interface RemixNews {
  readonly videoId: VideoId;
  readonly remixerId: AccountId;
  /** Null where the original is gone. */
  readonly authorId: AccountId | null;
  readonly consent: 'given' | 'refused';
  readonly state: string;
  readonly local: boolean;
}

/** The author of an original hears of what is made from it; whoever made it hears that this is not allowed, or no more. */
async function tellOfRemixes(
  deps: TellingDeps,
  tx: Tx,
  events: readonly { videoId: VideoId }[],
): Promise<void> {
  const ids = events.map(({ videoId }) => videoId);
  const rows: RemixNews[] = await tx('videos')
    .leftJoin('videos as original', 'original.id', 'videos.remix_of_id')
    .whereIn('videos.id', ids)
    .whereIn('videos.remix_consent', ['given', 'refused'])
    .select('videos.id as videoId', 'videos.account_id as remixerId', 'videos.remix_consent as consent')
    .select('videos.state', 'videos.local', 'original.account_id as authorId');
  const subjectOf = (videoId: VideoId) => `quote:${videoId}`;
  await tell(
    deps,
    tx,
    rows.flatMap(({ videoId, remixerId, authorId, consent, state }) =>
      consent === 'given' && state === 'published' && authorId !== null
        ? {
            accountId: authorId,
            fromId: remixerId,
            videoId,
            type: 'quote' as const,
            subject: subjectOf(videoId),
          }
        : [],
    ),
  );
  const refused = rows.filter(({ consent }) => consent === 'refused');
  await tell(
    deps,
    tx,
    refused
      .filter(({ local }) => local)
      .map(({ videoId, remixerId, authorId }) => ({
        ...{ accountId: remixerId, fromId: authorId ?? remixerId, videoId },
        ...{ type: 'vireo.remix_refused' as const, subject: `vireo.remix_refused:${videoId}` },
      })),
  );
  await tx('notifications')
    .whereIn(
      'subject',
      refused.map(({ videoId }) => subjectOf(videoId)),
    )
    .where({ state: 'shown' })
    .update({ state: 'undone' });
}
