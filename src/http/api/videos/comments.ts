import { z } from 'zod';
import { commentLimits, videoLimits } from '../../../../config/limits.ts';
import type { Tx } from '../../../db/database.ts';
import { type AccountId, type CommentId, idSchema, parseId } from '../../../lib/ids.ts';
import type { Failure } from '../../../lib/result.ts';
import {
  type Comment,
  type CommentCursor,
  type CommentDecision,
  commentSorts,
  fitsComment,
} from '../../../modules/comments/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { commentEntitiesOf } from '../entities.ts';
import { languageOrNone, text } from '../inputs.ts';
import { linkNext } from '../paging.ts';
import { flagSchema, pageQuery, videoParams } from '../schemas.ts';
import { applicationOf, idempotencyKeyOf, newPostOf } from '../statuses/post-status.ts';
import { type CommentEntity, commentEntity } from './comment-schemas.ts';
import { seenVideo } from './entities.ts';

/** What is said below one video. A comment is a status: editing, liking and deleting are done with those routes. */

/** Comments with what the author of the video did with them: the same number of queries whatever their number. */
async function entitiesOf(
  deps: HttpDeps,
  comments: readonly Comment[],
  viewerId: AccountId | null,
): Promise<CommentEntity[]> {
  const [statuses, decided] = await Promise.all([
    commentEntitiesOf(deps, comments, viewerId),
    deps.comments.byAuthorOf(comments.map(({ id }) => id)),
  ]);
  const byId = new Map(statuses.map((status) => [status.id, status]));
  return comments.flatMap((comment) => {
    const status = byId.get(comment.id);
    const by = decided.get(comment.id);
    if (!status || !by) return [];
    const { hidden, held } = comment;
    const author = { pinned: by.pinned, liked_by_author: by.liked, by_author: by.own };
    const marks = { ...author, hidden: hidden && !held, held };
    return [{ ...status, video_id: comment.videoId, ...marks }];
  });
}

async function entityOf(deps: HttpDeps, id: CommentId, viewerId: AccountId): Promise<CommentEntity> {
  const comment = await deps.comments.forViewer(id, viewerId);
  const [entity] = await entitiesOf(deps, comment ? [comment] : [], viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}

/** The last comment of a page and its likes, or that it had only the one that is pinned. */
const cursor = z.string().transform((value, context): CommentCursor | 'pinned' => {
  if (value === 'pinned') return value;
  const [, idText = '', likes = '0'] = /^(\d{1,19})-(\d{1,9})$/.exec(value) ?? [];
  const id = parseId<'comment'>(idText);
  if (id !== null) return { id, likes: Number(likes) };
  context.addIssue({ code: 'custom', message: 'This is no cursor of this list.' });
  return z.NEVER;
});

export const listComments = route({
  method: 'get',
  path: '/api/v1/videos/:id/comments',
  summary:
    'What is said below a video, one level at a time. `Link` names the next page. The comment that is pinned comes first of all.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: videoParams,
  query: z.object({
    parent_id: idSchema<'comment'>().optional().describe('What answers this comment, in place of the video'),
    sort: z.enum(commentSorts).optional().describe('`top` where it is not said; `oldest` with `parent_id`'),
    cursor: cursor.optional().describe('From the `Link` of the page before'),
    limit: pageQuery.shape.limit,
  }),
  output: z.array(commentEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const viewerId = viewer?.account.id ?? null;
    const video = await seenVideo(deps, params.id, viewerId);
    const parentId = query.parent_id ?? null;
    const parent = parentId === null ? null : await deps.comments.forViewer(parentId, viewerId);
    if (parentId !== null && parent?.videoId !== video.id) throw new ApiError('not-found');
    const sort = query.sort ?? (parentId === null ? 'top' : 'oldest');
    const { limit } = query;
    const asked = { videoId: video.id, parentId, sort, after: query.cursor ?? null, limit };
    const { comments, next } = await deps.comments.list(asked, viewerId);
    // What is written elsewhere comes for whoever looks next: nobody waits for another server here.
    if (!video.local) await deps.inTx((tx) => deps.videos.askForReplies(tx, video.id));
    if (next !== null) {
      linkNext(req, res, deps.urls.origin, next === 'pinned' ? next : `${next.id}-${next.likes}`);
    }
    return entitiesOf(deps, comments, viewerId);
  },
});

export const postComment = route({
  method: 'post',
  path: '/api/v1/videos/:id/comments',
  summary:
    'Comment on a video, or answer a comment below it; what POST /api/v1/statuses does with `in_reply_to_id`. `Idempotency-Key` is read.',
  audience: 'signed-in',
  scope: 'write:statuses',
  limit: { name: 'post', points: 60, seconds: 300 },
  params: videoParams,
  body: z.object({
    text: text(videoLimits.maxCaptionCharacters)
      .refine(fitsComment, `A comment has 1 to ${commentLimits.maxCharacters} characters.`)
      .describe(`1 to ${commentLimits.maxCharacters} Unicode characters`),
    parent_id: idSchema<'comment'>().nullish(),
    content_warning: text(videoLimits.maxContentWarningCharacters).optional(),
    sensitive: flagSchema.optional(),
    language: languageOrNone.optional(),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']).optional(),
  }),
  output: commentEntity,
  handler: async ({ deps, params, body, viewer, req }) => {
    const { account } = viewer;
    const video = await seenVideo(deps, params.id, account.id);
    const parent = body.parent_id ? await deps.comments.forViewer(body.parent_id, account.id) : null;
    if (body.parent_id && parent?.videoId !== video.id) throw new ApiError('not-found');
    const asked = await newPostOf(deps, account.id, {
      ...{ status: body.text, spoiler_text: body.content_warning, in_reply_to_id: parent?.id ?? video.id },
      ...{ sensitive: body.sensitive, language: body.language, visibility: body.visibility },
    });
    const post = { ...asked, application: await applicationOf(deps, viewer, req) };
    const manner = { key: idempotencyKeyOf(req), scheduledAt: null };
    const outcome = await deps.inTx((tx) => deps.posts.create(tx, account, post, manner));
    if (!outcome.ok) throw refused(outcome);
    if (!('commentId' in outcome)) throw new ApiError('conflict', 'This key was used for something else.');
    return entityOf(deps, outcome.commentId, account.id);
  },
});

type Decide = (deps: HttpDeps, tx: Tx, decision: CommentDecision) => Promise<{ ok: true } | Failure>;

/** What the author of a video decides about one comment below it. What the author may not see is not there, either. */
const decision = (name: 'hide' | 'unhide' | 'pin' | 'unpin', summary: string, decide: Decide) =>
  route({
    method: 'post',
    path: `/api/v1/videos/:id/comments/:comment_id/${name}`,
    summary,
    audience: 'signed-in',
    scope: 'write:statuses',
    params: videoParams.extend({ comment_id: idSchema<'comment'>() }),
    output: commentEntity,
    handler: async ({ deps, params, viewer }) => {
      const { id: accountId } = viewer.account;
      const commentId = params.comment_id;
      if (!(await deps.comments.forViewer(commentId, accountId))) throw new ApiError('not-found');
      const about = { videoId: params.id, commentId, accountId };
      const outcome = await deps.inTx((tx) => decide(deps, tx, about));
      if (!outcome.ok) throw refused(outcome);
      return entityOf(deps, commentId, accountId);
    },
  });

export const hideComment = decision(
  'hide',
  'Hide a comment on one of your own videos, with what answers it, from everybody but you and whoever wrote it. Nobody can answer it then.',
  (deps, tx, about) => deps.comments.hide(tx, about),
);

export const unhideComment = decision(
  'unhide',
  'Show a comment on one of your own videos again, with what was hidden along with it.',
  (deps, tx, about) => deps.comments.unhide(tx, about),
);

export const pinComment = decision(
  'pin',
  'Put a comment above all others below one of your own videos, in place of the one that was there.',
  (deps, tx, about) => deps.comments.pin(tx, about),
);

export const unpinComment = decision(
  'unpin',
  'Let a comment that you pinned stand where its order puts it.',
  (deps, tx, about) => deps.comments.unpin(tx, about),
);
