import { remixRequestLimits } from '../../../config/media-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Urls } from '../instances/index.ts';
import type { RemixKind, RemixOf, RemixRefused, Videos } from '../videos/index.ts';
import type { remixEvents } from './events.ts';

export interface ConsentDeps {
  readonly db: Db;
  readonly urls: Urls;
  readonly enqueue: Enqueue;
  readonly emit: Emit<typeof remixEvents>;
  readonly videos: Pick<Videos, 'consentTo'>;
  readonly judgeSoon: (tx: Tx, videoId: VideoId) => Promise<void>;
}

export type Consent = ReturnType<typeof consentCommands>;

interface RemixRow {
  readonly uri: string;
  readonly account_id: AccountId;
  readonly remix_consent: RemixOf['consent'];
}

const jobOf = (videoId: VideoId) => ({
  ...{ name: 'remixes.check' as const, payload: { videoId }, key: `remix:${videoId}` },
});

/** What the authors of originals say to remixes, and what becomes of these then. */
export function consentCommands({ db, urls, enqueue, emit, videos, judgeSoon }: ConsentDeps) {
  return {
    /** Remixes of other servers that are new here: what they say of themselves is looked into, in the background. */
    async onDiscovered(tx: Tx, events: readonly { readonly videoId: VideoId }[]): Promise<void> {
      const ids: VideoId[] = await tx('videos')
        .whereIn(
          'id',
          events.map(({ videoId }) => videoId),
        )
        .where({ local: false, remix_consent: 'asked' })
        .pluck('id');
      await enqueue(tx, ids.map(jobOf));
    },

    /** A server names a stamp for a remix of its own that had none, or another one. */
    async noteStamp(tx: Tx, videoId: VideoId, stampUri: string): Promise<boolean> {
      const changed = await tx('videos')
        .where({ id: videoId, local: false, remix_consent: 'asked' })
        .whereRaw('remix_stamp_uri is distinct from ?', [stampUri])
        .update({ remix_stamp_uri: stampUri });
      if (changed > 0) await enqueue(tx, jobOf(videoId));
      return changed > 0;
    },

    /** What a remix was made from is known now. */
    async link(tx: Tx, videoId: VideoId, originalId: VideoId): Promise<void> {
      const linked = await tx('videos')
        .where({ id: videoId, remix_of_id: null })
        .update({ remix_of_id: originalId });
      if (linked > 0) await judgeSoon(tx, videoId);
    },

    /**
     * The author of the original allows a remix: it is counted, listed, and says what it was made from. One that nobody
     * saw until then is published, which tells everybody that much.
     */
    async give(tx: Tx, videoId: VideoId, stampUri: string | null): Promise<boolean> {
      const changed = await tx('videos')
        .where({ id: videoId, remix_consent: 'asked' })
        .update({
          remix_consent: 'given',
          ...(stampUri !== null && { remix_stamp_uri: stampUri }),
        });
      if (changed === 0) return false;
      const waited = await videos.consentTo(tx, videoId);
      if (!waited) await emit(tx, 'remix.settled', { videoId });
      return true;
    },

    /** The author of the original turns a remix down, or takes back what was allowed. */
    async refuse(tx: Tx, videoId: VideoId, why: RemixRefused = 'declined'): Promise<boolean> {
      const changed = await tx('videos')
        .where({ id: videoId })
        .whereIn('remix_consent', ['asked', 'given'])
        .update({ remix_consent: 'refused', remix_refusal: why, remix_stamp_uri: null });
      if (changed > 0) await emit(tx, 'remix.settled', { videoId });
      return changed > 0;
    },

    /**
     * Remixes of videos by this author that say they have this stamp, those that it counted for before others. Whoever made one
     * may name any address as theirs, so that another one that does hides none.
     */
    async withStamp(stampUri: string, authorUri: string): Promise<VideoId[]> {
      return db('videos')
        .join('videos as original', 'original.id', 'videos.remix_of_id')
        .join('accounts as author', 'author.id', 'original.account_id')
        .where({ 'videos.remix_stamp_uri': stampUri, 'author.actor_uri': authorUri })
        .whereIn('videos.remix_consent', ['asked', 'given'])
        .orderByRaw(`videos.remix_consent = 'given' desc, videos.id`)
        .limit(remixRequestLimits.withdrawnAtOnce)
        .pluck('videos.id');
    },

    /** The stamp of this server that allows this post to show this video, and as what; or null. */
    async stampFor(
      originalId: VideoId,
      remixUri: string,
    ): Promise<{ uri: string; kind: RemixKind | null } | null> {
      const row = await db('quote_authorizations')
        .where({ video_id: originalId, instrument_uri: remixUri })
        .first('id', 'kind');
      return row ? { uri: urls.quoteAuthorization(row.id), kind: row.kind } : null;
    },

    /** An author takes back that somebody's video shows one of theirs. */
    async revoke(
      tx: Tx,
      { accountId, originalId, videoId }: { accountId: AccountId; originalId: VideoId; videoId: VideoId },
    ): Promise<Result<object, 'not-found' | 'nothing-to-do'>> {
      const original = await tx('videos')
        .where({ id: originalId, account_id: accountId, local: true })
        .first('id');
      const remix: RemixRow | undefined = await tx('videos')
        .where({ id: videoId, remix_of_id: originalId })
        .forUpdate()
        .first('uri', 'account_id', 'remix_consent');
      if (!original || !remix) return fail('not-found', 'There is no such remix of a video of yours.');
      if (remix.remix_consent === 'refused') return fail('nothing-to-do', 'That was taken back before.');
      const asked = { video_id: originalId, instrument_uri: remix.uri };
      await tx('remix_requests').where(asked).update({ state: 'refused' });
      const [stamp] = await tx('quote_authorizations')
        .where(asked)
        .delete()
        .returning<{ id: string }[]>('id');
      await tx('videos')
        .where({ id: videoId })
        .update({ remix_consent: 'refused', remix_refusal: 'declined', remix_stamp_uri: null });
      await emit(tx, 'remix.settled', { videoId });
      if (stamp) {
        await emit(tx, 'remix.revoked', {
          ...{ stampUri: urls.quoteAuthorization(stamp.id), authorId: accountId },
          ...{ remixUri: remix.uri, remixerId: remix.account_id },
        });
      }
      return ok();
    },
  };
}
