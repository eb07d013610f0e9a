import { z } from 'zod';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import type { ScheduledPost } from '../../../modules/posts/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { visibilityNameOf } from '../entities.ts';
import { moment } from '../inputs.ts';
import { mediaEntityOf } from '../media/entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { emptyEntity, pageQuery } from '../schemas.ts';
import { scheduledStatusEntity } from './schemas.ts';

/** Posts that wait for their time; each is its author's alone. */

type ScheduledEntity = z.input<typeof scheduledStatusEntity>;

const params = z.object({ id: idSchema<'scheduled-post'>() });

export async function scheduledEntitiesOf(
  deps: HttpDeps,
  posts: readonly ScheduledPost[],
  accountId: AccountId,
): Promise<ScheduledEntity[]> {
  const drafts = await deps.videos.ofAuthorAmong(
    posts.flatMap(({ videoId }) => videoId ?? []),
    accountId,
  );
  return posts.map((post) => {
    const video = post.videoId === null ? undefined : drafts.get(post.videoId);
    return {
      id: post.id,
      scheduled_at: post.scheduledAt.toISOString(),
      params: {
        text: post.text,
        visibility: visibilityNameOf(post.visibility),
        sensitive: post.sensitive,
        spoiler_text: post.contentWarning,
        language: post.language,
        media_ids: post.videoId === null ? [] : [post.videoId],
        in_reply_to_id: post.answers?.parentId ?? post.answers?.videoId ?? null,
        ...{ scheduled_at: null, poll: null, idempotency: null, application_id: null },
        with_rate_limit: false,
      },
      media_attachments: video ? [mediaEntityOf(deps, video)] : [],
    };
  });
}

async function ownEntity(
  deps: HttpDeps,
  id: ScheduledPost['id'],
  accountId: AccountId,
): Promise<ScheduledEntity> {
  const post = await deps.posts.scheduled(id, accountId);
  const [entity] = await scheduledEntitiesOf(deps, post ? [post] : [], accountId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}

export const listScheduled = route({
  method: 'get',
  path: '/api/v1/scheduled_statuses',
  summary: 'Your posts that wait for their time, newest first.',
  audience: 'signed-in',
  scope: 'read:statuses',
  query: pageQuery,
  output: z.array(scheduledStatusEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const posts = await deps.posts.scheduledOf(viewer.account.id, pageOf(query));
    linkPages(req, res, deps.urls.origin, posts, query.limit);
    return scheduledEntitiesOf(deps, posts, viewer.account.id);
  },
});

export const getScheduled = route({
  method: 'get',
  path: '/api/v1/scheduled_statuses/:id',
  summary: 'One of your posts that waits for its time.',
  audience: 'signed-in',
  scope: 'read:statuses',
  params,
  output: scheduledStatusEntity,
  handler: async ({ deps, params, viewer }) => ownEntity(deps, params.id, viewer.account.id),
});

export const putScheduled = route({
  method: 'put',
  path: '/api/v1/scheduled_statuses/:id',
  summary: 'Give one of your posts that waits another time.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params,
  body: z.object({ scheduled_at: moment.nullish() }),
  output: scheduledStatusEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const accountId = viewer.account.id;
    const before = await ownEntity(deps, params.id, accountId);
    const { scheduled_at: at } = body;
    if (!at) return before;
    const outcome = await deps.inTx((tx) => deps.posts.reschedule(tx, { id: params.id, accountId, at }));
    if (!outcome.ok) throw refused(outcome);
    return ownEntity(deps, params.id, accountId);
  },
});

export const deleteScheduled = route({
  method: 'delete',
  path: '/api/v1/scheduled_statuses/:id',
  summary: 'Take back a post that waits for its time.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const input = { id: params.id, accountId: viewer.account.id };
    const outcome = await deps.inTx((tx) => deps.posts.unschedule(tx, input));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});
