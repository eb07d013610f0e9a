import { z } from 'zod';
import { idSchema } from '../../../lib/ids.ts';
import { type StaffVideo, videoStandings } from '../../../modules/moderation/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountEntity, pageQuery } from '../schemas.ts';

export const staffVideoEntity = z
  .object({
    id: z.string(),
    account: accountEntity.nullable(),
    state: z.string().describe('`published`, `removed`, or `held`: nobody sees it yet'),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
    content: z.string().describe('HTML, safe to show'),
    sensitive: z.boolean().describe('As its author says'),
    marks: z
      .object({
        ...{ sensitive: z.boolean(), comments_off: z.boolean(), no_discovery: z.boolean() },
        muted: z.boolean().describe('It is played without its sound'),
      })
      .describe('What the staff decided'),
    local: z.boolean(),
    url: z.string(),
    poster_url: z.string().nullable().describe('Null where nobody may fetch it, as of removed ones'),
    duration: z.number().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'AdminVideo' });

export const listAdminVideos = route({
  method: 'get',
  path: '/api/v1/admin/videos',
  summary: 'Videos that were posted for everybody, also removed ones, newest first.',
  audience: 'staff',
  permission: 'content',
  scope: 'admin:read:accounts',
  query: pageQuery.extend({
    q: z.string().trim().max(200).optional().describe('Words of the caption, an id, or a handle with `@`'),
    standing: z.enum(videoStandings).optional(),
    origin: z.enum(['local', 'remote']).optional(),
    account_id: idSchema<'account'>().optional(),
  }),
  output: z.array(staffVideoEntity),
  handler: async ({ deps, query, req, res }) => {
    const { q, standing, origin, account_id: accountId } = query;
    const videos = await deps.measures.videos({ q, standing, origin, accountId }, pageOf(query));
    linkPages(req, res, deps.config.origin, videos, query.limit);
    return staffVideoEntitiesOf(deps, videos);
  },
});

/** Videos as the staff sees them. */
export async function staffVideoEntitiesOf(
  deps: HttpDeps,
  videos: readonly StaffVideo[],
): Promise<z.input<typeof staffVideoEntity>[]> {
  const authors = await deps.accounts.byIds([...new Set(videos.map((video) => video.accountId))]);
  const people = [...authors.values()];
  const written = await accountEntitiesOf(deps, people);
  const byId = new Map(people.map(({ id }, place) => [id, written[place] ?? null]));
  return videos.map((video) => {
    const isSeen = video.state !== 'removed' && authors.get(video.accountId)?.state === 'active';
    const { sensitive, commentsOff, undiscoverable, muted } = video.marks;
    return {
      id: video.id,
      account: byId.get(video.accountId) ?? null,
      state: video.state,
      visibility: video.visibility === 'followers' ? ('private' as const) : video.visibility,
      content: video.captionHtml,
      sensitive: video.sensitive,
      marks: { sensitive, comments_off: commentsOff, no_discovery: undiscoverable, muted },
      local: video.local,
      url: video.url,
      poster_url:
        isSeen && video.posterKey !== null ? deps.mediaUrls.objectUrl(video.posterKey, video) : null,
      duration: video.durationSeconds,
      created_at: video.createdAt.toISOString(),
    };
  });
}
