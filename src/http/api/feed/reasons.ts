import { z } from 'zod';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import { nameOfLanguage } from '../../../lib/language.ts';
import { candidateSources, explain } from '../../../modules/ranking/index.ts';
import type { Slate } from '../../../modules/recommending/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';

/** Why somebody was shown something: for that person alone, for a day. */

const partEntity = z.object({
  feature: z.string().describe('What it is of, by a name that stays'),
  value: z.number(),
  about: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .describe('Ids, hashtags and numbers that it is about'),
});

const itemEntity = z.object({
  video_id: z.string(),
  score: z.number(),
  sources: z.array(z.enum(candidateSources)).describe('Where it was found'),
  parts: z.array(partEntity).describe('All parts of the score: they add up to it'),
  propensity: z
    .number()
    .nullable()
    .describe('Where it was chosen to find out whether people like it: how likely this choice was'),
});

export const reasonEntity = itemEntity
  .extend({
    slate_id: z.string(),
    weights_version: z.string().describe('Of what it was ranked by; see the algorithm of this server'),
    made_at: z.string(),
    place: z.number().describe('In what was chosen together, from 1'),
    reasons: z.array(z.string()).describe('What spoke for it most, in words'),
  })
  .meta({ id: 'FeedReason' });

export const slateEntity = z
  .object({
    id: z.string(),
    weights_version: z.string(),
    made_at: z.string(),
    items: z.array(itemEntity).describe('What was chosen, best first, exactly as it was'),
  })
  .meta({ id: 'FeedSlate' });

function toItem(item: Slate['items'][number]): z.input<typeof itemEntity> {
  const { videoId, score, sources, contributions, propensity } = item;
  const parts = contributions.map(({ feature, value, about }) => ({ feature, value, about: { ...about } }));
  return { video_id: videoId, score, sources: [...sources], parts, propensity };
}

/** The names of accounts and hashtags in the reasons, for who may see them. */
async function inWords(deps: HttpDeps, item: Slate['items'][number]): Promise<string[]> {
  const named = item.contributions.flatMap(({ about }) =>
    about?.accountId === undefined ? [] : [about.accountId],
  );
  const accounts = await deps.accounts.byIds(named.map((id) => String(id) as AccountId));
  return explain(item.contributions, {
    account: (id) => {
      const account = accounts.get(id as AccountId);
      return account ? account.displayName || account.username : null;
    },
    language: nameOfLanguage,
  });
}

const slateId = idSchema<'slate'>();

export const getFeedReason = route({
  method: 'get',
  path: '/api/v1/feed_reasons',
  summary:
    'Why For You showed you a video within the last day: where it was found, and every part of its score. Without an account: why everybody was shown it.',
  audience: 'anyone',
  scope: 'read:history',
  query: z.object({
    video_id: idSchema<'video'>(),
    slate_id: slateId.optional().describe('The one in which it was; the last one, where this is left out'),
  }),
  output: reasonEntity,
  handler: async ({ deps, query, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    const video = await deps.videos.forViewer(query.video_id, viewerId);
    if (!video) throw new ApiError('not-found');
    const { slateById, lastSlateWith } = deps.recommending;
    const slate =
      query.slate_id === undefined
        ? await lastSlateWith(viewerId, video.id)
        : await slateById(viewerId, query.slate_id);
    const place = slate?.items.findIndex(({ videoId }) => videoId === video.id) ?? -1;
    const item = slate?.items[place];
    if (!slate || !item)
      throw new ApiError('not-found', 'For You did not show you this within the last day.');
    return {
      ...toItem(item),
      ...{ slate_id: slate.id, weights_version: slate.weightsVersion, made_at: slate.madeAt.toISOString() },
      ...{ place: place + 1, reasons: await inWords(deps, item) },
    };
  },
});

export const getFeedSlate = route({
  method: 'get',
  path: '/api/v1/feed_slates',
  summary: 'What was chosen for you together within the last day, exactly as it was, with all reasons.',
  audience: 'anyone',
  scope: 'read:history',
  query: z.object({ slate_id: slateId }),
  output: slateEntity,
  handler: async ({ deps, query, viewer }) => {
    const slate = await deps.recommending.slateById(viewer?.account.id ?? null, query.slate_id);
    if (!slate) throw new ApiError('not-found');
    const { id, weightsVersion, madeAt, items } = slate;
    return { id, weights_version: weightsVersion, made_at: madeAt.toISOString(), items: items.map(toItem) };
  },
});
