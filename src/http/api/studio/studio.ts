import { z } from 'zod';
import { studioLimits } from '../../../../config/limits.ts';
import { isTimeZone, lastDays } from '../../../lib/days.ts';
import { idSchema, parseId, type VideoId } from '../../../lib/ids.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import { type Figures, NO_FIGURES } from '../../../modules/engagement/index.ts';
import {
  type StudioCursor,
  type StudioFacts,
  studioSorts,
  studioStates,
} from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { manyOf, text, whole } from '../inputs.ts';
import { processingEntityOf } from '../media/entities.ts';
import { linkNext } from '../paging.ts';
import { pageQuery, quotaEntity, quotaOf, videoParams } from '../schemas.ts';
import { visibilityOf } from '../statuses/posts.ts';
import { forgetMediaOf } from '../statuses/statuses.ts';
import { videoEntitiesOf } from '../videos/entities.ts';
import { bulkEntity, studioOverviewEntity, studioVideoEntity, videoStatisticsEntity } from './schemas.ts';

/** What authors do with all of their videos at once. Each is its author's alone: others are told that there is nothing. */

/** The last video of a page, and what it was sorted by. */
const cursor = z.string().transform((value, context): StudioCursor => {
  const [, idText = '', number = '0'] = /^(\d{1,19})-(\d{1,15})$/.exec(value) ?? [];
  const id = parseId<'video'>(idText);
  if (id !== null) return { id, value: Number(number) };
  context.addIssue({ code: 'custom', message: 'This is no cursor of this list.' });
  return z.NEVER;
});

/** With what only their author is told: the same number of queries whatever their number. */
async function entitiesOf(deps: HttpDeps, { account }: Viewer, found: readonly StudioFacts[]) {
  const ids = found.map(({ id }) => id);
  const [videos, recent] = await Promise.all([
    deps.videos.ofAuthorAmong(ids, account.id),
    deps.analytics.recent(ids),
  ]);
  const entities = await videoEntitiesOf(deps, [...videos.values()], account.id);
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  return found.flatMap(({ id, saves, views, state }) => {
    const [entity, video] = [byId.get(id), videos.get(id)];
    if (!entity || !video) return [];
    const processing = processingEntityOf(video);
    const watch_through = watchThroughOf(recent.get(id) ?? null);
    return [{ ...entity, state, processing, text: video.caption, saves, views, watch_through }];
  });
}

/** A view that goes to the end more than once is one. */
function watchThroughOf(of: { readonly views: number; readonly completions: number } | null): number | null {
  if (of === null || of.views === 0) return null;
  return Number(Math.min(1, of.completions / of.views).toFixed(4));
}

export const listStudioVideos = route({
  method: 'get',
  path: '/api/v1/studio/videos',
  summary: 'Your own videos in whatever state, with what only you are told. `Link` names the next page.',
  audience: 'signed-in',
  scope: 'read:statuses',
  query: z.object({
    state: z.enum(studioStates).optional(),
    q: text(studioLimits.maxSearchCharacters).optional().describe('Words of the caption'),
    sort: z.enum(studioSorts).default('date').describe('The newest, or the largest, first'),
    cursor: cursor.optional().describe('From the `Link` of the page before'),
    limit: pageQuery.shape.limit,
  }),
  output: z.array(studioVideoEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const { id: accountId } = viewer.account;
    const { state = null, sort, cursor: after = null, limit } = query;
    const asked = { id: null, state, search: query.q || null, sort, after, limit };
    const found = await deps.videos.studioList(accountId, asked);
    const last = found.length >= limit ? found.at(-1) : undefined;
    if (last) linkNext(req, res, deps.urls.origin, `${last.id}-${sort === 'date' ? 0 : last.value}`);
    return entitiesOf(deps, viewer, found);
  },
});

export const getStudioVideo = route({
  method: 'get',
  path: '/api/v1/studio/videos/:id',
  summary: 'One of your own videos in whatever state, with what only you are told.',
  audience: 'signed-in',
  scope: 'read:statuses',
  params: videoParams,
  output: studioVideoEntity,
  handler: async ({ deps, params, viewer }) => {
    const asked = { id: params.id, state: null, search: null, sort: 'date', after: null, limit: 1 } as const;
    const found = await deps.videos.studioList(viewer.account.id, asked);
    const [entity] = await entitiesOf(deps, viewer, found);
    if (!entity) throw new ApiError('not-found');
    return entity;
  },
});

const periodQuery = z.object({
  days: whole(1, studioLimits.maxDays).default(studioLimits.usualDays),
  time_zone: z
    .string()
    .refine(isTimeZone, 'This is not the name of a time zone.')
    .default('UTC')
    .describe('By whose days, as Europe/Berlin'),
});

async function periodOf(
  deps: HttpDeps,
  about: { readonly viewer: Viewer; readonly videoId: VideoId | null },
  query: z.output<typeof periodQuery>,
) {
  const { time_zone } = query;
  const days = lastDays(time_zone, deps.clock.now(), query.days);
  const of = { accountId: about.viewer.account.id, videoId: about.videoId };
  const [totals, figures] = await Promise.all([
    deps.engagement.totalsOf(of),
    deps.engagement.statisticsOf(of, days),
  ]);
  return {
    totals,
    period: {
      time_zone,
      from: new Date(days[0]?.startsAt ?? 0).toISOString(),
      totals: figures.reduce(sum, NO_FIGURES),
      days: days.map(({ date }, at) => ({ date, figures: figures[at] ?? NO_FIGURES })),
    },
  };
}

const sum = (a: Figures, b: Figures): Figures => ({
  views: a.views + b.views,
  likes: a.likes + b.likes,
  comments: a.comments + b.comments,
  reposts: a.reposts + b.reposts,
  shares: a.shares + b.shares,
  saves: a.saves + b.saves,
  followers: a.followers + b.followers,
});

export const studioOverview = route({
  method: 'get',
  path: '/api/v1/studio/overview',
  summary: 'What your videos have by now, and what is new on each of the last days.',
  audience: 'signed-in',
  scope: 'read:statuses',
  query: periodQuery,
  output: studioOverviewEntity,
  handler: async ({ deps, query, viewer }) => {
    const [videos, period] = await Promise.all([
      deps.videos.studioCounts(viewer.account.id),
      periodOf(deps, { viewer, videoId: null }, query),
    ]);
    return { videos, ...period };
  },
});

export const videoStatistics = route({
  method: 'get',
  path: '/api/v1/studio/videos/:id/statistics',
  summary: 'What one of your own videos has by now, and what is new on each of the last days.',
  audience: 'signed-in',
  scope: 'read:statuses',
  params: videoParams,
  query: periodQuery,
  output: videoStatisticsEntity,
  handler: async ({ deps, params, query, viewer }) => {
    const video = await deps.videos.ofAuthor(params.id, viewer.account.id);
    if (!video) throw new ApiError('not-found');
    return { id: video.id, ...(await periodOf(deps, { viewer, videoId: video.id }, query)) };
  },
});

export const ownStorage = route({
  method: 'get',
  path: '/api/v1/studio/storage',
  summary: 'What your own videos take in all their sizes, uploads under way included, and how much they may.',
  audience: 'signed-in',
  scope: 'read:statuses',
  output: quotaEntity.extend({ used_bytes: z.number() }).meta({ id: 'OwnStorage' }),
  handler: async ({ deps, viewer }) => {
    const { id } = viewer.account;
    const [quota, used] = await Promise.all([
      deps.staff.quotas.of(id),
      deps.inTx((tx) => deps.videos.storedBytes(tx, id)),
    ]);
    return { ...quotaOf(quota), used_bytes: used };
  },
});

const bulkBody = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('delete'),
    ids: manyOf(idSchema<'video'>(), studioLimits.maxBulk),
  }),
  z.object({
    action: z.literal('visibility'),
    ids: manyOf(idSchema<'video'>(), studioLimits.maxBulk),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
  }),
]);
type Bulk = z.output<typeof bulkBody>;

/** Does it to one video. Throws the refusal of that one. */
async function doOne(deps: HttpDeps, { account }: Viewer, id: VideoId, bulk: Bulk): Promise<void> {
  const video = await deps.videos.ofAuthor(id, account.id);
  if (!video) throw new ApiError('not-found');
  const outcome = await deps.inTx(async (tx) => {
    if (bulk.action === 'delete') return deps.videos.remove(tx, id, account.id);
    const rules = { visibility: visibilityOf(bulk.visibility) };
    const changed = await deps.videos.change(tx, {
      videoId: id,
      accountId: account.id,
      details: {},
      rules,
    });
    if (changed.ok) await deps.posts.reviseHolder(tx, account.id, id, null);
    return changed;
  });
  if (!outcome.ok) throw refused(outcome);
  forgetMediaOf(deps, video);
}

export const bulkVideos = route({
  method: 'post',
  path: '/api/v1/studio/videos/bulk',
  summary:
    'Delete several of your own videos, or give them another audience. Each is done by itself, and its result says whether it was.',
  audience: 'signed-in',
  scope: 'write:statuses',
  limit: { name: 'bulk', points: 30, seconds: 300 },
  body: bulkBody,
  output: bulkEntity,
  handler: async ({ deps, body, viewer }) => {
    const results = [];
    for (const id of new Set(body.ids)) {
      try {
        await doOne(deps, viewer, id, body);
        results.push({ id, done: true, code: null, detail: null });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        results.push({ id, done: false, code: error.body.code, detail: error.body.detail });
      }
    }
    return { results };
  },
});
