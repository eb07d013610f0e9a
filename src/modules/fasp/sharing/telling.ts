import { faspLimits } from '../../../../config/fasp-limits.ts';
import type { Tx } from '../../../db/database.ts';
import type { Finish, JobRun } from '../../../jobs/registry.ts';
import type { FaspId } from '../../../lib/ids.ts';
import type { FaspDeps, NotAsked } from '../deps.ts';
import { keysOf, type ProviderKeys } from '../keys.ts';
import { using } from '../providers.ts';
import { pauseAfter } from '../syncing.ts';
import { markShared } from './shared.ts';
import { type Category, idOf, type Shareable, shareable, shareableOf, type WhatDeps } from './what.ts';

interface NewsRow {
  readonly id: string;
  readonly subscription_id: string;
  readonly event: 'new' | 'update' | 'delete' | 'trending';
  readonly object_id: string;
  readonly uri: string;
  readonly category: Category;
  readonly max_batch: number;
}

interface BackfillRow {
  readonly id: string;
  readonly category: Category;
  readonly remaining: number;
  readonly before: string | null;
}

/** The job `fasp.tell`: announces to a provider what it asked for, a batch at a time; addresses and nothing else. */
export function telling(deps: FaspDeps & WhatDeps) {
  const { db, clock } = deps;

  const announce = (keys: ProviderKeys, json: object, signal: AbortSignal) =>
    deps.ask(keys, { method: 'POST', path: '/data_sharing/v0/announcements', json, signal });

  /** The oldest news of one subscription and one kind. */
  async function nextNews(id: FaspId): Promise<NewsRow[]> {
    const waiting = () =>
      db('fasp_news')
        .join('fasp_subscriptions', 'fasp_subscriptions.id', 'fasp_news.subscription_id')
        .where({ provider_id: id })
        .orderBy('fasp_news.id');
    const first: NewsRow | undefined = await waiting().first('fasp_news.*', 'category', 'max_batch');
    if (!first) return [];
    const { subscription_id, event, max_batch } = first;
    return waiting()
      .where({ subscription_id, event })
      .limit(max_batch)
      .select('fasp_news.*', 'category', 'max_batch');
  }

  /** Tells one batch of news; null where there is none. What may not be shared any more is left out, but for its end. */
  async function tellNews(
    id: FaspId,
    keys: ProviderKeys,
    signal: AbortSignal,
  ): Promise<true | NotAsked | null> {
    const rows = await nextNews(id);
    const [first] = rows;
    if (!first) return null;
    const { event, category, subscription_id } = first;
    const ids = rows.map(({ object_id }) => object_id);
    const may = event === 'delete' ? null : await shareableOf(deps, category, ids);
    const told = rows.filter(({ object_id }) => may === null || may.has(object_id));
    if (told.length > 0) {
      const answer = await announce(
        keys,
        {
          source: { subscription: { id: subscription_id } },
          ...{ category, eventType: event, objectUris: told.map(({ uri }) => uri) },
        },
        signal,
      );
      if (!answer.ok) return answer;
    }
    await deps.inTx(async (tx) => {
      // Told as something else meanwhile: then that is still to be told.
      await tx('fasp_news')
        .whereRaw('id = any(?::bigint[])', [rows.map((row) => row.id)])
        .where({ event })
        .delete();
      if (event === 'trending')
        await markShared(
          tx,
          category,
          told.map((row) => ({ ...row, provider_id: id })),
        );
    });
    return true;
  }

  /** Sends a part of what was published before; null where nothing is asked for. */
  async function tellPast(
    id: FaspId,
    keys: ProviderKeys,
    signal: AbortSignal,
  ): Promise<true | NotAsked | null> {
    const asked: BackfillRow | undefined = await db('fasp_backfills')
      .where({ provider_id: id, has_more: true })
      .where('remaining', '>', 0)
      .orderBy('id')
      .first();
    if (!asked) return null;
    const { category, remaining, before } = asked;
    const count = Math.min(remaining, faspLimits.perBackfill);
    const found: Shareable[] = await shareable(deps, category)
      .modify((query) => (before === null ? query : query.where(idOf(category), '<', before)))
      .orderBy(idOf(category), 'desc')
      .limit(count + 1);
    const sent = found.slice(0, count);
    const has_more = found.length > count;
    if (sent.length > 0) {
      const answer = await announce(
        keys,
        {
          source: { backfillRequest: { id: asked.id } },
          ...{ category, objectUris: sent.map(({ uri }) => uri), moreObjectsAvailable: has_more },
        },
        signal,
      );
      if (!answer.ok) return answer;
    }
    await deps.inTx(async (tx) => {
      const last = sent.at(-1)?.id ?? before;
      await tx('fasp_backfills')
        .where({ id: asked.id })
        .update({ before: last, remaining: tx.raw('remaining - ?', [sent.length]), has_more });
      await markShared(
        tx,
        category,
        sent.map(({ id: object_id, uri }) => ({ provider_id: id, object_id, uri })),
      );
    });
    return true;
  }

  async function outcome(
    tx: Tx,
    id: FaspId,
    failures: number,
    failed: NotAsked | null,
  ): Promise<Date | null> {
    const tell_at = failed && new Date(clock.now() + pauseAfter(failures, failed));
    await tx('fasp_providers')
      .where({ id })
      .update({
        ...{ tell_at, tell_failures: failed ? failures + 1 : 0 },
        ...(failed && { failure: (failed.detail ?? failed.reason).slice(0, 300) }),
      });
    return tell_at;
  }

  const inUse = (id: FaspId): Promise<{ tell_failures: number; tell_at: Date | null } | undefined> =>
    db('fasp_providers').modify(using('data_sharing')).where({ id }).first('tell_failures', 'tell_at');

  return {
    async run(id: FaspId, { signal }: JobRun): Promise<Finish | undefined> {
      const provider = await inUse(id);
      const keys = provider && (await keysOf(db, deps.instanceSecret, id));
      if (!keys) return;
      // Whatever woke it: the pause that it asked for counts.
      const { tell_at: pausedUntil, tell_failures: failures } = provider;
      if (pausedUntil && pausedUntil.getTime() > clock.now()) return async () => pausedUntil;
      for (let turn = 0; turn < faspLimits.batchesPerTurn; turn += 1) {
        // Removed, or turned off, while a batch was on its way: that was the last one.
        if (turn > 0 && !(await inUse(id))) return;
        const told = (await tellNews(id, keys, signal)) ?? (await tellPast(id, keys, signal));
        signal.throwIfAborted();
        if (told === null) return async (tx) => outcome(tx, id, failures, null);
        if (told !== true) return async (tx) => outcome(tx, id, failures, told);
      }
      return async (tx) => {
        await outcome(tx, id, failures, null);
        return new Date(clock.now());
      };
    },
  };
}
