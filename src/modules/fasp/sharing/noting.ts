import { faspLimits } from '../../../../config/fasp-limits.ts';
import type { Tx } from '../../../db/database.ts';
import type { Enqueue } from '../../../jobs/enqueue.ts';
import type { AccountId, FaspId, IdSource, VideoId } from '../../../lib/ids.ts';
import { using } from '../providers.ts';
import { markShared, tellJob } from './shared.ts';
import { type Category, type Shareable, shareableOf, sharedAt, type WhatDeps } from './what.ts';

type NewsEvent = 'new' | 'update' | 'delete';

interface Hearer {
  readonly id: string;
  readonly provider_id: FaspId;
}

interface Shared extends Shareable {
  readonly provider_id: FaspId;
}

/** What a provider is to hear. */
interface News {
  readonly id: string;
  readonly subscription_id: string;
  readonly event: NewsEvent;
  readonly object_id: string;
  readonly uri: string;
  readonly provider_id: FaspId;
}

const ofEvent = (rows: readonly News[], event: NewsEvent): string[] => [
  ...new Set(rows.flatMap((row) => (row.event === event ? row.uri : []))),
];

/** What is to be said of something: a provider that knows it hears of changes, and of the end, and another one that it is new. */
export function newsOf(may: boolean, isShared: boolean, isChanged: boolean): NewsEvent | null {
  if (may) return isShared ? (isChanged ? 'update' : null) : 'new';
  return isShared ? 'delete' : null;
}

/** Writes down what providers who asked for that are to hear of. Nothing of the outbox says more than ids: what may be shared is looked up. */
export function noting(deps: Omit<WhatDeps, 'db'> & { readonly ids: IdSource; readonly enqueue: Enqueue }) {
  const hearersOf = (tx: Tx, category: Category): Promise<Hearer[]> =>
    tx('fasp_providers')
      .modify(using('data_sharing'))
      .join('fasp_subscriptions', 'fasp_subscriptions.provider_id', 'fasp_providers.id')
      .where({ category, kind: 'lifecycle' })
      .select('fasp_subscriptions.id as id', 'fasp_providers.id as provider_id');

  /** Looks at some things anew, and writes down what follows for each provider. `isChanged`: they say something else than before. */
  async function look(
    tx: Tx,
    category: Category,
    objectIds: readonly string[],
    { isChanged }: { readonly isChanged: boolean },
  ): Promise<void> {
    if (objectIds.length === 0) return;
    const hearers = await hearersOf(tx, category);
    if (hearers.length === 0) return;
    const may = await shareableOf({ ...deps, db: tx }, category, objectIds);
    const shared: Shared[] = await tx('fasp_shared')
      .where({ category })
      .whereRaw('object_id = any(?::bigint[])', [[...objectIds]])
      .select('provider_id', 'object_id as id', 'uri');
    const rows: News[] = hearers.flatMap(({ id: subscription_id, provider_id }) =>
      objectIds.flatMap((id) => {
        const known = shared.find((one) => one.id === id && one.provider_id === provider_id);
        const now = may.get(id);
        const event = newsOf(now !== undefined, known !== undefined, isChanged);
        const uri = now?.uri ?? known?.uri;
        if (event === null || uri === undefined) return [];
        return { id: deps.ids.next<'fasp-news'>(), subscription_id, event, object_id: id, uri, provider_id };
      }),
    );
    if (rows.length === 0) return;
    const again = await sharedAt({ ...deps, db: tx }, category, ofEvent(rows, 'delete'));
    // What is here anew at its address is not taken back with what was there before; each address is told of once.
    const news = new Map(
      rows
        .filter(({ event, uri }) => event !== 'delete' || !again.has(uri))
        .map((row) => [`${row.subscription_id} ${row.uri}`, row]),
    );
    await write(tx, [...news.values()]);
    await settle(tx, category, rows);
    await deps.enqueue(tx, [...new Set(rows.map((row) => row.provider_id))].map(tellJob));
  }

  /** Puts news in line, or in the place of what waits of the same. */
  async function write(tx: Tx, rows: readonly News[]): Promise<void> {
    // By arrays: however many providers and subscriptions there are, it is one statement with few parameters.
    await tx.raw(
      `insert into fasp_news (id, subscription_id, event, object_id, uri)
       select * from unnest(?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::text[])
       on conflict (subscription_id, uri) do update set
         -- Another row from now on: what is being told just now is not this change.
         id = excluded.id,
         -- It may be here anew, at the same address.
         object_id = excluded.object_id,
         -- What waits to be told as new is still new once it was changed.
         event = case when fasp_news.event = 'new' and excluded.event = 'update' then 'new' else excluded.event end`,
      [
        rows.map((row) => row.id),
        rows.map((row) => row.subscription_id),
        rows.map((row) => row.event),
        rows.map((row) => row.object_id),
        rows.map((row) => row.uri),
      ],
    );
  }

  /** What is on its way counts as shared, so that its end is told as well. */
  async function settle(tx: Tx, category: Category, rows: readonly News[]): Promise<void> {
    const gone = rows.filter(({ event }) => event === 'delete');
    await tx.raw(
      `delete from fasp_shared using unnest(?::bigint[], ?::bigint[]) as gone (provider_id, object_id)
        where category = ? and fasp_shared.provider_id = gone.provider_id and fasp_shared.object_id = gone.object_id`,
      [gone.map((row) => row.provider_id), gone.map((row) => row.object_id), category],
    );
    await markShared(
      tx,
      category,
      rows.filter(({ event }) => event !== 'delete'),
    );
  }

  async function videosOf(tx: Tx, accountId: AccountId): Promise<string[]> {
    const known: string[] = await tx('fasp_shared')
      .join('videos', 'videos.id', 'fasp_shared.object_id')
      .where({ category: 'content', account_id: accountId })
      .distinct('videos.id')
      .pluck('videos.id');
    const newest: string[] = await tx('videos')
      .where({ account_id: accountId })
      .orderBy('id', 'desc')
      .limit(faspLimits.videosOfAuthor)
      .pluck('id');
    return [...new Set([...known, ...newest])];
  }

  const isHeard = async (tx: Tx): Promise<boolean> =>
    (await tx('fasp_providers').modify(using('data_sharing')).first('id')) !== undefined;

  /** A video, and that its author is known here: profiles of other servers become known by their videos. */
  async function onVideo(tx: Tx, videoId: VideoId, isChanged: boolean): Promise<void> {
    if (!(await isHeard(tx))) return;
    await look(tx, 'content', [videoId], { isChanged });
    const author = await tx('videos').where({ id: videoId }).first('account_id');
    if (author) await look(tx, 'account', [author.account_id], { isChanged: false });
  }

  /** An account, and its videos, of which it decides whether they may be found. */
  async function onAccount(tx: Tx, accountId: AccountId, isChanged: boolean): Promise<void> {
    if (!(await isHeard(tx))) return;
    await look(tx, 'account', [accountId], { isChanged });
    await look(tx, 'content', await videosOf(tx, accountId), { isChanged: false });
  }

  return {
    look,
    on: {
      onVideo: (tx: Tx, { videoId }: { videoId: VideoId }) => onVideo(tx, videoId, false),
      onVideoChanged: (tx: Tx, { videoId }: { videoId: VideoId }) => onVideo(tx, videoId, true),
      onAccount: (tx: Tx, { accountId }: { accountId: AccountId }) => onAccount(tx, accountId, false),
      onAccountChanged: (tx: Tx, { accountId }: { accountId: AccountId }) => onAccount(tx, accountId, true),
    },
  };
}
