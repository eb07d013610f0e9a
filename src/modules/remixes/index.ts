import type { Db, InTx, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { IdSource, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import type { Engagement } from '../engagement/index.ts';
import type { Urls } from '../instances/index.ts';
import type { RemixKind, RemixLayout, Video, Videos } from '../videos/index.ts';
import { consentCommands } from './consent.ts';
import { remixEvents } from './events.ts';
import { type RemixRefusal, remixable } from './policy.ts';
import { requestCommands } from './requests.ts';
import { withdrawalCommands } from './withdrawals.ts';

export { remixEvents } from './events.ts';
export { type RemixRefusal, remixable } from './policy.ts';
export type { RemixRequest } from './requests.ts';
export { sweepRefusedRequests } from './sweep.ts';

export type Remixes = ReturnType<typeof createRemixes>;

export interface RemixDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly enqueue: Enqueue;
  readonly videos: Pick<Videos, 'forViewer' | 'consentTo'>;
  readonly engagement: Pick<Engagement, 'allowQuote'>;
  /** Has what is decided about the sounds of a remix be done to it. */
  readonly judgeSoon: (tx: Tx, videoId: VideoId) => Promise<void>;
}

/** A remix that somebody begins. */
export interface NewRemix {
  readonly account: Account;
  /** The row of the remix, of this transaction. */
  readonly videoId: VideoId;
  readonly originalId: VideoId;
  readonly kind: RemixKind;
  /** Of a duet. */
  readonly layout: RemixLayout | null;
  /** Whether it is to have the sound of the original. */
  readonly carriesSound: boolean;
}

/** Duets and stitches: who may make one, what it was made from, and who allowed it. */
export function createRemixes(base: RemixDeps) {
  const deps = { ...base, emit: emitter(remixEvents, base.ids) };

  /** Whether `viewer` may make such a remix, with the original; what cannot be seen is as absent as what never was. */
  async function mayRemix(
    viewer: Pick<Account, 'id'>,
    originalId: VideoId,
    kind: RemixKind,
  ): Promise<Result<{ original: Video; asks: boolean }, RemixRefusal>> {
    const original = await deps.videos.forViewer(originalId, viewer.id);
    if (!original) return fail('remix-not-found', 'There is no such video.');
    const allowed = remixable(original, viewer.id, kind);
    return allowed.ok ? ok({ original, asks: allowed.asks }) : allowed;
  }

  const consent = consentCommands(deps);
  return {
    mayRemix,
    ...consent,
    ...requestCommands(deps, consent),
    ...withdrawalCommands(deps),

    /**
     * Writes down what a video that begins is made from. The author of a video of this server has allowed it by the
     * switches of that, and gives a stamp at once, which other servers check; of another server, it is asked for once
     * the remix is published. Whoever wants to be asked before is asked once it is made, and until then nobody sees it.
     */
    async attach(
      tx: Tx,
      { account, videoId, originalId, kind, layout, carriesSound }: NewRemix,
    ): Promise<Result<{ original: Video; asks: boolean }, RemixRefusal>> {
      const found = await mayRemix(account, originalId, kind);
      if (!found.ok) return found;
      const { original, asks } = found;
      const uri = deps.urls.video(videoId);
      const isGiven = original.local && !asks;
      const stamp = isGiven ? await deps.engagement.allowQuote(tx, account, original.id, uri, kind) : null;
      // Where the staff has had that taken away, there is none to have.
      const source = await tx('videos').where({ id: original.id }).first('silent');
      await tx('videos')
        .where({ id: videoId, account_id: account.id })
        .update({
          ...{ remix_of_id: original.id, remix_of_uri: original.uri, remix_kind: kind, remix_layout: layout },
          ...{ remix_consent: isGiven ? 'given' : 'asked', awaits_consent: asks },
          carries_sound: carriesSound && source?.silent === false,
          remix_stamp_uri: stamp === null ? null : deps.urls.quoteAuthorization(stamp),
        });
      return found;
    },
  };
}
