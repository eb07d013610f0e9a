import type { z } from 'zod';
import { analyticsLimits } from '../../../../config/analytics-limits.ts';
import type { AccountId } from '../../../lib/ids.ts';
import type { Breakdown, Figures, TopVideo } from '../../../modules/analytics/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { videoEntitiesOf } from '../videos/entities.ts';
import type { liveAnalyticsEntity, topVideosEntity } from './analytics-schemas.ts';

/** What the analytics know, in the API's shape. */

const MS = 1_000;
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

export const figuresEntity = (of: Figures) => ({
  ...{ views: of.views, viewers: of.viewers, completions: of.completions, skips: of.skips },
  watched_seconds: of.watched_ms / MS,
  average_watched_seconds: of.playbacks === 0 ? null : rounded(of.watched_ms / MS / of.playbacks, 3),
  ...{ likes: of.likes, comments: of.comments, reposts: of.reposts, shares: of.shares, saves: of.saves },
});

export const channelFiguresEntity = (of: Figures) => ({
  ...figuresEntity(of),
  ...{ followers_gained: of.followers, followers_lost: of.unfollows },
});

/** Who followed at a video is told once it is one of enough viewers. */
export const videoTotalsEntity = (of: Figures) => ({
  ...figuresEntity(of),
  followers_gained: of.viewers < analyticsLimits.fewestPeople ? null : of.followers,
});

const HIDDEN = { hidden: 'too-few-viewers' as const, viewers: null };

export function sourcesEntity({ sources }: Breakdown) {
  if (sources === null) return { ...HIDDEN, items: [] };
  const all = sources.of.reduce((sum, { views }) => sum + views, 0);
  const items = sources.of
    .filter(({ views }) => views > 0)
    .sort((a, b) => b.views - a.views)
    .map(({ source, views }) => ({ source, views, share: rounded(views / all, 4) }));
  return { hidden: null, viewers: sources.people, items };
}

export function watchTimeEntity({ curve }: Breakdown) {
  if (curve === null) return { ...HIDDEN, buckets: [] };
  const { histogram } = curve;
  const width = 100 / histogram.length;
  const buckets = histogram.map((playbacks, at) => ({
    from_percent: at * width,
    to_percent: at === histogram.length - 1 ? null : (at + 1) * width,
    playbacks,
  }));
  return { hidden: null, viewers: curve.people, buckets };
}

export function retentionEntity({ curve }: Breakdown) {
  if (curve === null) return { ...HIDDEN, points: [] };
  const { slots, playbacks } = curve;
  const points = slots.map((count, at) => ({
    at: at / slots.length,
    share: playbacks === 0 ? 0 : rounded(count / playbacks, 4),
  }));
  return { hidden: null, viewers: curve.people, points };
}

export async function listedVideos(
  deps: HttpDeps,
  accountId: AccountId,
  found: readonly TopVideo[],
): Promise<z.input<typeof topVideosEntity>> {
  const ids = found.map(({ id }) => id);
  const videos = await deps.videos.ofAuthorAmong(ids, accountId);
  const entities = await videoEntitiesOf(deps, [...videos.values()], accountId);
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  return found.flatMap(({ id, figures }) => {
    const video = byId.get(id);
    return video ? [{ video, figures: videoTotalsEntity(figures) }] : [];
  });
}

type Live = Awaited<ReturnType<HttpDeps['analytics']['live']>>;

const liveFigures = (of: Figures) => ({
  ...{ views: of.views, completions: of.completions, watched_seconds: of.watched_ms / MS },
  ...{ likes: of.likes, comments: of.comments, shares: of.shares },
});

export function liveEntity({ asOf, minutes, hours }: Live): z.input<typeof liveAnalyticsEntity> {
  const steps = (of: Live['minutes']) =>
    of.map(({ startsAt, figures }) => ({
      starts_at: new Date(startsAt).toISOString(),
      figures: liveFigures(figures),
    }));
  const sum = (of: Live['minutes']) => {
    const add = (name: keyof Figures) => of.reduce((all, { figures }) => all + figures[name], 0);
    return {
      ...{ views: add('views'), completions: add('completions'), watched_seconds: add('watched_ms') / MS },
      ...{ likes: add('likes'), comments: add('comments'), shares: add('shares') },
    };
  };
  return {
    as_of: new Date(asOf).toISOString(),
    last_hour: { totals: sum(minutes), minutes: steps(minutes) },
    last_48_hours: { totals: sum(hours), hours: steps(hours) },
  };
}
