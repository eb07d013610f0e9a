import { z } from 'zod';
import { faspLimits } from '../../../../config/fasp-limits.ts';
import type { Tx } from '../../../db/database.ts';
import type { Enqueue } from '../../../jobs/enqueue.ts';
import { type FaspId, type IdSource, parseId } from '../../../lib/ids.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import { isUsed } from '../providers.ts';
import { tellJob } from './shared.ts';
import { categories } from './what.ts';

const { defaultThreshold: usual, maxTimeframe, maxThreshold, maxBatch } = faspLimits;
const number = (most: number) => z.number().int().min(1).max(most);

/** What a provider wants to hear of from now on (FASP data sharing v0.1). */
export const subscriptionSchema = z
  .object({
    category: z.enum(categories),
    subscriptionType: z.enum(['lifecycle', 'trends']),
    maxBatchSize: z
      .number()
      .int()
      .min(1)
      .default(maxBatch)
      .transform((most) => Math.min(most, maxBatch)),
    threshold: z
      .object({
        timeframe: number(maxTimeframe).default(usual.timeframe),
        shares: number(maxThreshold).default(usual.shares),
        likes: number(maxThreshold).default(usual.likes),
        replies: number(maxThreshold).default(usual.replies),
      })
      .default(usual),
  })
  .refine(({ category, subscriptionType }) => subscriptionType === 'lifecycle' || category === 'content', {
    message: 'Trends are of content alone.',
    path: ['subscriptionType'],
  });

/** What was published before that it wants to have. */
export const backfillSchema = z.object({
  category: z.enum(categories),
  maxCount: z
    .number()
    .int()
    .min(1)
    .transform((most) => Math.min(most, faspLimits.maxBackfill)),
});

type Refused = 'off' | 'too-many';

/** What providers ask to be told; of those whose data sharing is in use. */
export function sharingRequests({ ids, enqueue }: { readonly ids: IdSource; readonly enqueue: Enqueue }) {
  const isOff = async (tx: Tx, id: FaspId) => !(await isUsed(tx, id, 'data_sharing'));
  const OFF = fail('off', 'Data sharing is not in use here.');

  async function countOf(tx: Tx, table: string, provider_id: FaspId): Promise<number> {
    return Number((await tx(table).where({ provider_id }).count('* as count').first())?.count);
  }

  return {
    async subscribe(
      tx: Tx,
      providerId: FaspId,
      asked: z.output<typeof subscriptionSchema>,
    ): Promise<Result<{ id: string }, Refused>> {
      if (await isOff(tx, providerId)) return OFF;
      if ((await countOf(tx, 'fasp_subscriptions', providerId)) >= faspLimits.maxSubscriptions)
        return fail(
          'too-many',
          `At most ${faspLimits.maxSubscriptions} subscriptions are kept. End one of them.`,
        );
      const id = ids.next<'fasp-subscription'>();
      const { category, subscriptionType: kind, maxBatchSize: max_batch, threshold } = asked;
      await tx('fasp_subscriptions').insert({
        ...{ id, provider_id: providerId, category, kind, max_batch },
        ...(kind === 'trends' && threshold),
      });
      return ok({ id });
    },

    async unsubscribe(
      tx: Tx,
      providerId: FaspId,
      subscriptionId: string,
    ): Promise<Result<object, 'off' | 'not-found'>> {
      if (await isOff(tx, providerId)) return OFF;
      const id = parseId<'fasp-subscription'>(subscriptionId);
      const gone =
        id === null ? 0 : await tx('fasp_subscriptions').where({ id, provider_id: providerId }).delete();
      return gone === 1 ? ok() : fail('not-found', 'There is no such subscription.');
    },

    async backfill(
      tx: Tx,
      providerId: FaspId,
      { category, maxCount }: z.output<typeof backfillSchema>,
    ): Promise<Result<{ id: string }, Refused>> {
      if (await isOff(tx, providerId)) return OFF;
      await tx('fasp_backfills').where({ provider_id: providerId, has_more: false }).delete();
      if ((await countOf(tx, 'fasp_backfills', providerId)) >= faspLimits.maxBackfills)
        return fail('too-many', `At most ${faspLimits.maxBackfills} requests are open at once.`);
      const id = ids.next<'fasp-backfill'>();
      await tx('fasp_backfills').insert({
        ...{ id, provider_id: providerId, category, max_count: maxCount, remaining: maxCount },
      });
      await enqueue(tx, tellJob(providerId));
      return ok({ id });
    },

    /** More of what it got a part of: also where it says so before that part was taken off what it asked for. */
    async goOn(tx: Tx, providerId: FaspId, backfillId: string): Promise<Result<object, 'off' | 'not-found'>> {
      if (await isOff(tx, providerId)) return OFF;
      const id = parseId<'fasp-backfill'>(backfillId);
      const more =
        id === null
          ? 0
          : await tx('fasp_backfills')
              .where({ id, provider_id: providerId, has_more: true })
              .update({ remaining: tx.raw('least(remaining, max_count) + max_count') });
      if (more !== 1) return fail('not-found', 'There is no such request, or nothing is left to be sent.');
      await enqueue(tx, tellJob(providerId));
      return ok();
    },
  };
}
