import { remixRequestLimits } from '../../../config/media-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, IdSource, RemixRequestId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Engagement } from '../engagement/index.ts';
import type { RemixKind } from '../videos/index.ts';
import type { Consent, ConsentDeps } from './consent.ts';

interface RequestDeps extends ConsentDeps {
  readonly ids: IdSource;
  readonly engagement: Pick<Engagement, 'allowQuote'>;
}

/** Somebody asks whether a video may be part of one of theirs, and its author has not answered. */
export interface RemixRequest {
  readonly id: RemixRequestId;
  readonly kind: RemixKind;
  /** The original. */
  readonly videoId: VideoId;
  /** Who asks. */
  readonly accountId: AccountId;
  /** What they write to it, as text. */
  readonly caption: string;
  /** The remix, where it is here. */
  readonly remixId: VideoId | null;
  /** Where it can be watched, where it is elsewhere. */
  readonly previewUrl: string | null;
  readonly createdAt: Date;
}

interface RequestRow {
  readonly id: RemixRequestId;
  readonly kind: RemixKind;
  readonly video_id: VideoId;
  readonly account_id: AccountId;
  readonly caption: string;
  readonly remix_id: VideoId | null;
  readonly preview_url: string | null;
  readonly created_at: Date;
  readonly instrument_uri: string;
  readonly request_uri: string | null;
}

interface WaitingRemix {
  readonly account_id: AccountId;
  readonly uri: string;
  readonly caption: string;
  readonly remix_of_id: VideoId | null;
  readonly remix_kind: RemixKind;
}

type NewRequest = Pick<
  RemixRequest,
  'kind' | 'videoId' | 'accountId' | 'caption' | 'remixId' | 'previewUrl'
> & {
  readonly instrumentUri: string;
  /** Of the activity that asks; null where both are here. */
  readonly requestUri: string | null;
};

interface Page {
  readonly maxId: string | null;
  readonly minId: string | null;
  readonly limit: number;
}

const requestFrom = (row: RequestRow): RemixRequest => ({
  ...{ id: row.id, kind: row.kind, videoId: row.video_id, accountId: row.account_id, caption: row.caption },
  ...{ remixId: row.remix_id, previewUrl: row.preview_url, createdAt: row.created_at },
});

/**
 * Why a remix whose original is gone is turned down. Where its author took back with it what was made from it, its maker hears that, also
 * while the job that tells all of them is still on its way.
 */
async function whyGone(tx: Tx, videoId: VideoId): Promise<'gone' | 'withdrawn'> {
  const withdrawal = await tx('remix_withdrawals')
    .join('videos', 'videos.remix_of_uri', 'remix_withdrawals.original_uri')
    .where('videos.id', videoId)
    .first('video_id');
  return withdrawal ? 'withdrawn' : 'gone';
}

/** Duets and stitches that wait for the author of their original, from both sides (ADR 0080). */
export function requestCommands(deps: RequestDeps, consent: Consent) {
  /** `waiting`: its author is asked, now or since before; `refused`: they said no to this one, or too many wait. */
  async function request(tx: Tx, asked: NewRequest): Promise<'waiting' | 'refused'> {
    const known = await tx('remix_requests')
      .where({ video_id: asked.videoId, instrument_uri: asked.instrumentUri })
      .first('state');
    if (known) return known.state;
    const open = await tx('remix_requests')
      .where({ account_id: asked.accountId, state: 'waiting' })
      .count<{ count: string }[]>('* as count');
    if (Number(open[0]?.count) >= remixRequestLimits.maxWaiting) return 'refused';
    const [row] = await tx('remix_requests')
      .insert({
        ...{ id: deps.ids.next<'remix-request'>(), kind: asked.kind, video_id: asked.videoId },
        ...{ account_id: asked.accountId, caption: asked.caption, preview_url: asked.previewUrl },
        ...{ instrument_uri: asked.instrumentUri, request_uri: asked.requestUri, remix_id: asked.remixId },
        state: 'waiting',
      })
      .onConflict(['video_id', 'instrument_uri'])
      .ignore()
      .returning<{ id: RemixRequestId }[]>('id');
    if (row) await deps.emit(tx, 'remix.requested', { requestId: row.id });
    return 'waiting';
  }

  /** A yes or a no, for what is here and for whoever asks from elsewhere. */
  async function answer(
    tx: Tx,
    row: RequestRow & { readonly original_uri: string },
    by: AccountId,
    yes: boolean,
  ) {
    const { account_id: id, video_id: videoId, instrument_uri: instrumentUri, kind } = row;
    const stamp = yes ? await deps.engagement.allowQuote(tx, { id }, videoId, instrumentUri, kind) : null;
    const stampUri = stamp === null ? null : deps.urls.quoteAuthorization(stamp);
    if (yes) await tx('remix_requests').where({ id: row.id }).delete();
    else await tx('remix_requests').where({ id: row.id }).update({ state: 'refused' });
    const known: { id: VideoId } | undefined = await tx('videos')
      .where({ uri: row.instrument_uri, account_id: row.account_id })
      .whereRaw('(remix_of_id = ? or remix_of_uri = ?)', [row.video_id, row.original_uri])
      .first('id');
    if (known && stampUri === null) await consent.refuse(tx, known.id);
    else if (known) {
      await consent.link(tx, known.id, row.video_id);
      await consent.give(tx, known.id, row.remix_id === null ? null : stampUri);
    }
    if (row.request_uri !== null) {
      await deps.emit(tx, 'remix.answered', {
        ...{ authorId: by, requesterId: row.account_id, requestUri: row.request_uri },
        ...{ originalUri: row.original_uri, instrumentUri: row.instrument_uri, stampUri },
      });
    }
  }

  return {
    requestLeave: request,

    /** A remix of this server is made: the author of the original is asked, once. */
    async onAwaitsConsent(tx: Tx, { videoId }: { videoId: VideoId }): Promise<void> {
      const [remix] = await tx('videos')
        .where({ id: videoId, local: true, state: 'held', hold: false, awaits_consent: true })
        .where({ remix_consent: 'asked', consent_asked_at: null })
        .update({ consent_asked_at: tx.fn.now() })
        .returning<WaitingRemix[]>(['account_id', 'uri', 'caption', 'remix_of_id', 'remix_kind']);
      if (!remix) return;
      const original =
        remix.remix_of_id && (await tx('videos').where({ id: remix.remix_of_id }).first('id', 'local'));
      if (!original) await consent.refuse(tx, videoId, await whyGone(tx, videoId));
      else if (!original.local) await deps.emit(tx, 'remix.asked', { videoId });
      else {
        const answered = await request(tx, {
          ...{ kind: remix.remix_kind, videoId: original.id, accountId: remix.account_id },
          ...{ caption: remix.caption, remixId: videoId, previewUrl: null },
          ...{ instrumentUri: remix.uri, requestUri: null },
        });
        if (answered === 'refused') await consent.refuse(tx, videoId);
      }
    },

    /** What somebody elsewhere asks about is deleted: nothing is left to be answered. */
    async forgetRequest(
      tx: Tx,
      { instrumentUri, actorUri }: { instrumentUri: string; actorUri: string },
    ): Promise<void> {
      await tx('remix_requests')
        .where({ instrument_uri: instrumentUri, state: 'waiting' })
        .whereIn('account_id', tx('accounts').where({ actor_uri: actorUri }).select('id'))
        .delete();
    },

    /** Who waits for an answer of this account, the newest first. */
    async requestsTo(accountId: AccountId, { maxId, minId, limit }: Page): Promise<RemixRequest[]> {
      const rows: RequestRow[] = await deps
        .db('remix_requests')
        .join('videos', 'videos.id', 'remix_requests.video_id')
        .join('accounts as requester', 'requester.id', 'remix_requests.account_id')
        .where({ 'videos.account_id': accountId, 'remix_requests.state': 'waiting' })
        // Who was suspended or blocked since asks nobody.
        .where('requester.state', 'active')
        .whereNotExists((blocks) =>
          blocks
            .from('account_blocks')
            .whereRaw('account_blocks.account_id = ? and account_blocks.target_id = requester.id', [
              accountId,
            ])
            .select('account_blocks.id'),
        )
        .modify((page) => {
          if (maxId !== null) page.where('remix_requests.id', '<', maxId);
          if (minId !== null) page.where('remix_requests.id', '>', minId);
        })
        .orderBy('remix_requests.id', minId === null ? 'desc' : 'asc')
        .limit(limit)
        .select('remix_requests.*');
      const found = rows.map(requestFrom);
      return minId === null ? found : found.toReversed();
    },

    /** The author of an original answers somebody who asks. */
    async answerRequest(
      tx: Tx,
      { accountId, requestId, allow }: { accountId: AccountId; requestId: RemixRequestId; allow: boolean },
    ): Promise<Result<object, 'not-found' | 'remix-not-public'>> {
      const row = await tx('remix_requests')
        .join('videos', 'videos.id', 'remix_requests.video_id')
        .where({ 'remix_requests.id': requestId, 'remix_requests.state': 'waiting' })
        .where({ 'videos.account_id': accountId, 'videos.local': true })
        .forUpdate('remix_requests')
        .first('remix_requests.*', 'videos.uri as original_uri', 'videos.visibility as visibility');
      if (!row) return fail('not-found', 'There is no such request, or it was answered before.');
      if (allow && !['public', 'unlisted'].includes(row.visibility)) {
        return fail('remix-not-public', 'Only videos that everybody may see can be part of another.');
      }
      await answer(tx, row, accountId, allow);
      return ok();
    },

    /**
     * Whoever waits for an answer that never comes, or whose original is gone, is told so; who asks from elsewhere is
     * told there. Returns how many.
     */
    async endSilence(tx: Tx, now: number): Promise<number> {
      const over = new Date(now - remixRequestLimits.silenceMs);
      const rows: { id: VideoId; remix_of_id: VideoId | null }[] = await tx('videos')
        .where({ awaits_consent: true, remix_consent: 'asked', state: 'held' })
        .where((ended) => ended.where('consent_asked_at', '<', over).orWhere({ remix_of_id: null }))
        .limit(remixRequestLimits.endedAtOnce)
        .forUpdate()
        .skipLocked()
        .select('id', 'remix_of_id');
      for (const { id, remix_of_id: originalId } of rows) {
        await consent.refuse(tx, id, originalId === null ? await whyGone(tx, id) : 'silence');
      }
      await tx('remix_requests').where({ state: 'waiting' }).where('created_at', '<', over).delete();
      return rows.length;
    },
  };
}
