import type { Knex } from 'knex';
import { faspLimits } from '../../../config/fasp-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { FaspId } from '../../lib/ids.ts';
import type { FaspDeps, NotAsked, TrendingPost } from './deps.ts';
import { keysOf, type ProviderKeys } from './keys.ts';
import { using } from './providers.ts';
import { pauseAfter } from './syncing.ts';
import { trendingContentSchema, trendingTagsSchema } from './wire.ts';

export const trendsJob = (providerId: FaspId) =>
  ({ name: 'fasp.trends', payload: { providerId }, key: `fasp-trends:${providerId}` }) as const;

/** Narrows a query over `told_posts` to what was told by providers that are used for it. */
export function toldByProviders(query: Knex.QueryBuilder): void {
  query
    .where({ 'told_posts.source': 'fasp' })
    .whereExists((provider: Knex.QueryBuilder) =>
      provider
        .select('fasp_providers.id')
        .from('fasp_providers')
        .modify(using('trends'))
        .whereRaw('fasp_providers.id = told_posts.source_id'),
    );
}

/** `partly`: what could not be had of it. */
type Answer =
  | { readonly ok: true; readonly posts: readonly TrendingPost[]; readonly partly: string | null }
  | NotAsked;

/** Of a post that a provider names as an example alone: a candidate, and next to nothing in trends. */
const OF_EXAMPLES = 1;

/**
 * The job `fasp.trends`: asks a provider which posts trend, and which posts use hashtags that do. A hashtag itself is not taken over: it trends
 * here by the people who use it (ADR 0076). Links are not asked for.
 */
export function trendsOf(deps: FaspDeps) {
  const { db, clock } = deps;

  function askFor(keys: ProviderKeys, what: 'content' | 'hashtags', most: number, signal: AbortSignal) {
    const query = { withinLastHours: String(faspLimits.trendsHours), maxCount: String(most) };
    return deps.ask(keys, { method: 'GET', path: `/trends/v0/${what}`, query, signal });
  }

  async function ask(keys: ProviderKeys, signal: AbortSignal): Promise<Answer> {
    const answer = await askFor(keys, 'content', faspLimits.trendsCount, signal);
    if (!answer.ok) return answer;
    const read = trendingContentSchema.safeParse(answer.json);
    if (!read.success)
      return { ok: false, reason: 'failed', detail: 'What it says that trends cannot be read.' };
    const posts = read.data.content;
    const tags = await askFor(keys, 'hashtags', faspLimits.trendingTags, signal);
    if (!tags.ok) return { ok: true, posts, partly: `Hashtags: ${tags.detail ?? tags.reason}` };
    const used = trendingTagsSchema.safeParse(tags.json);
    if (!used.success) return { ok: true, posts, partly: 'The hashtags that it names cannot be read.' };
    const named = new Set(posts.map(({ uri }) => uri));
    const examples = new Set(
      used.data.hashtags.flatMap((tag) => tag.examples).filter((uri) => !named.has(uri)),
    );
    return {
      ...{ ok: true, partly: null },
      posts: [...posts, ...[...examples].map((uri) => ({ uri, rank: OF_EXAMPLES }))],
    };
  }

  const rowOf = (conn: Db | Tx, id: FaspId) => conn('fasp_providers').modify(using('trends')).where({ id });

  async function store(tx: Tx, id: FaspId, answer: Answer): Promise<void> {
    // Removed, or used for this no more, while it was asked: then that counts.
    const row = await rowOf(tx, id).forUpdate().first('ask_failures');
    if (!row) return;
    const pause = answer.ok ? faspLimits.trendsEveryMs : pauseAfter(row.ask_failures, answer);
    await tx('fasp_capabilities')
      .where({ provider_id: id, capability: 'trends' })
      .update({
        ask_at: new Date(clock.now() + pause),
        ask_failures: answer.ok ? 0 : row.ask_failures + 1,
        ask_failure: (answer.ok ? answer.partly : (answer.detail ?? answer.reason))?.slice(0, 300) ?? null,
      });
    if (answer.ok) await deps.hearTrends(tx, id, answer.posts);
  }

  return {
    async run(id: FaspId, { signal }: JobRun): Promise<Finish | undefined> {
      const known = await rowOf(db, id).first('fasp_providers.id');
      const keys = known && (await keysOf(db, deps.instanceSecret, id));
      if (!keys) return;
      const answer = await ask(keys, signal);
      signal.throwIfAborted();
      return async (tx) => {
        await store(tx, id, answer);
        return null;
      };
    },

    /** Those who are to be asked by now. */
    due: (tx: Tx): Promise<FaspId[]> =>
      tx('fasp_providers')
        .modify(using('trends'))
        .where((due) => due.whereNull('ask_at').orWhere('ask_at', '<=', new Date(clock.now())))
        .whereNotExists((job) =>
          job
            .select('id')
            .from('jobs')
            .where({ state: 'pending' })
            .whereRaw(`key = 'fasp-trends:' || fasp_providers.id`),
        )
        .pluck('fasp_providers.id'),
  };
}
