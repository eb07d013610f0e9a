import { faspLimits } from '../../../../config/fasp-limits.ts';
import type { Tx } from '../../../db/database.ts';
import { type FaspId, lowestIdAt, type VideoId } from '../../../lib/ids.ts';
import type { FaspDeps } from '../deps.ts';
import { using } from '../providers.ts';
import type { noting } from './noting.ts';
import { tellJob } from './shared.ts';
import { type Category, shareableOf, type WhatDeps } from './what.ts';

interface Watching {
  readonly id: string;
  readonly provider_id: FaspId;
  readonly timeframe: number;
  readonly shares: number;
  readonly likes: number;
  readonly replies: number;
}

/** What is done from time to time about what is shared. */
export function sharingUpkeep(deps: FaspDeps & WhatDeps, notes: Pick<ReturnType<typeof noting>, 'look'>) {
  const { clock } = deps;

  /** Videos that so many people liked, passed on or answered within the time that a provider named, and that it was not told of in that time. */
  async function tellTrending(tx: Tx, one: Watching): Promise<void> {
    const since = clock.now() - one.timeframe * 60_000;
    const lately = lowestIdAt(since);
    const counted = (table: string, least: number) =>
      tx(table)
        .where('id', '>=', lately)
        .whereNotNull('video_id')
        .groupBy('video_id')
        .havingRaw('count(*) >= ?', [least])
        .select('video_id');
    const found: VideoId[] = await tx
      .from(
        tx.raw('(? union ? union ?) as lively', [
          ...[counted('likes', one.likes), counted('shares', one.shares), counted('comments', one.replies)],
        ]),
      )
      .whereNotExists((told) =>
        told
          .select('video_id')
          .from('fasp_trended')
          .where({ subscription_id: one.id })
          .where('told_at', '>', new Date(since))
          .whereRaw('fasp_trended.video_id = lively.video_id'),
      )
      .limit(faspLimits.trendingAtOnce)
      .pluck('lively.video_id');
    const may = await shareableOf({ ...deps, db: tx }, 'content', found);
    if (may.size === 0) return;
    const told_at = new Date(clock.now());
    const subscription_id = one.id;
    await tx('fasp_trended')
      .insert([...may.keys()].map((video_id) => ({ subscription_id, video_id, told_at })))
      .onConflict(['subscription_id', 'video_id'])
      .merge(['told_at']);
    await tx('fasp_news')
      .insert(
        [...may.values()].map(({ id: object_id, uri }) => ({
          ...{ id: deps.ids.next<'fasp-news'>(), subscription_id, event: 'trending', object_id, uri },
        })),
      )
      .onConflict(['subscription_id', 'uri'])
      .ignore();
    await deps.enqueue(tx, tellJob(one.provider_id));
  }

  return {
    /** Tells those who want to know of it what many react to just now. */
    async watch(tx: Tx): Promise<void> {
      const all: Watching[] = await tx('fasp_providers')
        .modify(using('data_sharing'))
        .join('fasp_subscriptions', 'fasp_subscriptions.provider_id', 'fasp_providers.id')
        .where({ kind: 'trends' })
        .select('fasp_subscriptions.*');
      for (const one of all) await tellTrending(tx, one);
    },

    /**
     * Looks again at what was shared longest ago: consent of people of other servers, limits and policies change without an event. What may
     * not be shared any more is taken back.
     */
    async review(tx: Tx): Promise<void> {
      const rows: { category: Category; object_id: string }[] = await tx('fasp_shared')
        .orderBy('checked_at')
        .limit(faspLimits.reviewedAtOnce)
        .select('category', 'object_id');
      for (const category of ['content', 'account'] as const) {
        const ids = [...new Set(rows.filter((row) => row.category === category).map((row) => row.object_id))];
        if (ids.length === 0) continue;
        await tx('fasp_shared')
          .where({ category })
          .whereRaw('object_id = any(?::bigint[])', [ids])
          .update({ checked_at: new Date(clock.now()) });
        await notes.look(tx, category, ids, { isChanged: false });
      }
    },
  };
}
