import { z } from 'zod';
import { analyticsLimits } from '../../../../config/analytics-limits.ts';
import type { AccountId } from '../../../lib/ids.ts';
import type { Figures, Period, Subject, TopPlace } from '../../../modules/analytics/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { tableRoute } from '../../route.ts';
import type { Table } from '../../table.ts';
import { videoParams } from '../schemas.ts';
import { ownVideo, periodOf } from './analytics.ts';
import {
  channelFiguresEntity,
  figuresEntity,
  retentionEntity,
  sourcesEntity,
  videoTotalsEntity,
  watchTimeEntity,
} from './analytics-entities.ts';
import { stepQuery } from './analytics-schemas.ts';

/** The same figures as tables, for spreadsheets. */

const LIMIT = { name: 'exports', points: 30, seconds: 900 } as const;

const tableQuery = <Name extends string>(names: readonly [Name, ...Name[]]) =>
  stepQuery.extend({ table: z.enum(names).default(names[0]) });

type Asked = z.output<typeof stepQuery>;
type Content = Pick<Table, 'header' | 'rows'>;

async function seriesTable(
  deps: HttpDeps,
  asked: { subject: Subject; period: Period; by: Asked['by'] },
  step: (figures: Figures) => Readonly<Record<string, number | null>>,
): Promise<Content> {
  const { buckets } = await deps.analytics.series(asked.subject, asked.period, asked.by);
  const rows = buckets.map(({ date, startsAt, figures }) => ({
    ...{ date, starts_at: new Date(startsAt).toISOString() },
    ...step(figures),
  }));
  return { header: Object.keys(rows[0] ?? { date: '' }), rows: rows.map((row) => Object.values(row)) };
}

async function partsTable(
  deps: HttpDeps,
  asked: { subject: Subject; period: Period; table: 'sources' | 'watch_time' | 'retention' },
): Promise<Content> {
  const breakdown = await deps.analytics.breakdown(asked.subject, asked.period);
  switch (asked.table) {
    case 'sources': {
      const { items } = sourcesEntity(breakdown);
      const rows = items.map(({ source, views, share }) => [source, views, share]);
      return { header: ['source', 'views', 'share'], rows };
    }
    case 'watch_time': {
      const { buckets } = watchTimeEntity(breakdown);
      const rows = buckets.map((one) => [one.from_percent, one.to_percent, one.playbacks]);
      return { header: ['from_percent', 'to_percent', 'playbacks'], rows };
    }
    case 'retention': {
      const { points } = retentionEntity(breakdown);
      return { header: ['at', 'share'], rows: points.map(({ at, share }) => [at, share]) };
    }
  }
}

const VIDEO_HEADER = [
  ...[
    'id',
    'caption',
    'views',
    'viewers',
    'completions',
    'skips',
    'watched_seconds',
    'average_watched_seconds',
  ],
  ...['likes', 'comments', 'reposts', 'shares', 'saves', 'followers_gained'],
];

/** Every video that had anything to tell in the period, a page at once. */
async function* videoRows(deps: HttpDeps, accountId: AccountId, period: Period) {
  let after: TopPlace | null = null;
  for (;;) {
    const limit = analyticsLimits.exportedAtOnce;
    const found = await deps.analytics.topVideos({ accountId, period, sort: 'views', after, limit });
    const videos = await deps.videos.ofAuthorAmong(
      found.map(({ id }) => id),
      accountId,
    );
    for (const { id, figures } of found) {
      const video = videos.get(id);
      if (video) yield [id, video.caption, ...Object.values(videoTotalsEntity(figures))];
    }
    const last = found.at(-1);
    if (!last || found.length < limit) return;
    after = { id: last.id, value: last.figures.views };
  }
}

const nameOf = (what: string, table: string, { from, to }: Period) => `${what}-${table}-${from}-${to}.csv`;

export const exportChannel = tableRoute({
  path: '/api/v1/studio/analytics/export',
  summary:
    'How all of your videos do, as a table: by steps of the period, by video, by source, or how far people watched.',
  scope: 'read:analytics',
  limit: LIMIT,
  query: tableQuery(['series', 'videos', 'sources', 'watch_time']),
  handler: async ({ deps, query, viewer }) => {
    const accountId = viewer.account.id;
    const { table, by } = query;
    const period = periodOf(deps, query, by);
    const subject = { accountId };
    const name = nameOf('analytics', table, period);
    if (table === 'videos') return { name, header: VIDEO_HEADER, rows: videoRows(deps, accountId, period) };
    if (table === 'series') {
      return { name, ...(await seriesTable(deps, { subject, period, by }, channelFiguresEntity)) };
    }
    return { name, ...(await partsTable(deps, { subject, period, table })) };
  },
});

export const exportVideo = tableRoute({
  path: '/api/v1/studio/videos/:id/analytics/export',
  summary:
    'How one of your own videos does, as a table: by steps of the period, by source, or how far people watched.',
  scope: 'read:analytics',
  limit: LIMIT,
  params: videoParams,
  query: tableQuery(['series', 'sources', 'watch_time', 'retention']),
  handler: async ({ deps, params, query, viewer }) => {
    const subject = await ownVideo(deps, viewer, params.id);
    const { table, by } = query;
    const period = periodOf(deps, query, by);
    const name = nameOf(`analytics-${subject.videoId}`, table, period);
    if (table === 'series')
      return { name, ...(await seriesTable(deps, { subject, period, by }, figuresEntity)) };
    return { name, ...(await partsTable(deps, { subject, period, table })) };
  },
});
