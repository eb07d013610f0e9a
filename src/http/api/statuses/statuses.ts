import { z } from 'zod';
import { commentLimits, videoLimits } from '../../../../config/limits.ts';
import { parseMediaKey } from '../../../../media/keys.ts';
import type { VideoId } from '../../../lib/ids.ts';
import { type Comment, fitsComment } from '../../../modules/comments/index.ts';
import type { Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { mentionsIn } from '../../mentions.ts';
import { route } from '../../route.ts';
import { commentEntitiesOf, statusEntitiesOf } from '../entities.ts';
import { focus, languageOrNone, manyOf, text } from '../inputs.ts';
import { flagSchema, statusEntity, statusParams } from '../schemas.ts';
import { againOf, type Post, postEntityOf, seenOrOwnPost, seenPost } from './posts.ts';
import { contextEntity } from './schemas.ts';

export const getStatus = route({
  method: 'get',
  path: '/api/v1/statuses/:id',
  summary: 'One video, or one comment. Authors see a video of their own while it is made, too.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: statusParams,
  output: statusEntity,
  handler: async ({ deps, params, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    const post = await seenOrOwnPost(deps, params.id, viewerId);
    const isAskedFor = 'video' in post && !post.video.local;
    const comes = isAskedFor && (await deps.inTx((tx) => deps.videos.opened(tx, post.video.id)));
    return postEntityOf(deps, comes ? await seenPost(deps, params.id, viewerId) : post, viewerId);
  },
});

export const getContext = route({
  method: 'get',
  path: '/api/v1/statuses/:id/context',
  summary: 'What a post answers, and what answers it, oldest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: statusParams,
  output: contextEntity,
  handler: async ({ deps, params, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    const post = await seenOrOwnPost(deps, params.id, viewerId);
    const videoId = 'video' in post ? post.video.id : post.comment.videoId;
    const page = { afterId: null, limit: commentLimits.maxPerThread };
    const thread = await deps.comments.thread(videoId, viewerId, page);
    if ('video' in post) {
      // What is written elsewhere comes for whoever looks next: nobody waits for another server here.
      if (!post.video.local) await deps.inTx((tx) => deps.videos.askForReplies(tx, videoId));
      return { ancestors: [], descendants: await commentEntitiesOf(deps, thread, viewerId) };
    }
    const { above, below } = around(post.comment, thread);
    const root = await deps.videos.forViewer(videoId, viewerId);
    const video = root ? await statusEntitiesOf(deps, await deps.feed.withAuthors([root]), viewerId) : [];
    return {
      ancestors: [...video, ...(await commentEntitiesOf(deps, above, viewerId))],
      descendants: await commentEntitiesOf(deps, below, viewerId),
    };
  },
});

/** The comments above one of a thread, from the top down, and those below it, oldest first. */
function around(comment: Comment, thread: readonly Comment[]): { above: Comment[]; below: Comment[] } {
  const byId = new Map(thread.map((one) => [one.id, one]));
  const above: Comment[] = [];
  for (let at = comment.parentId; at !== null; ) {
    const parent = byId.get(at);
    if (!parent || above.includes(parent)) break;
    above.unshift(parent);
    at = parent.parentId;
  }
  const inside = new Set([comment.id]);
  // Answers are always younger than what they answer, so that one pass finds all.
  const below = thread.filter(({ id, parentId }) => {
    if (parentId === null || !inside.has(parentId)) return false;
    inside.add(id);
    return true;
  });
  return { above, below };
}

const mediaAttributes = z.object({
  id: z.string().max(19),
  description: text(videoLimits.maxAltTextCharacters).optional(),
  focus: focus.optional(),
});

export const editStatus = route({
  method: 'put',
  path: '/api/v1/statuses/:id',
  summary: 'Change what one of your own videos or comments says, here and on the servers that have it.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params: statusParams,
  body: z.object({
    status: text(videoLimits.maxCaptionCharacters),
    spoiler_text: text(videoLimits.maxContentWarningCharacters).default(''),
    sensitive: flagSchema.default(false),
    language: languageOrNone.default(null),
    description: text(videoLimits.maxAltTextCharacters).optional().describe('Text in place of the video'),
    media_ids: manyOf(z.string().max(19), 20)
      .optional()
      .describe('The video stays: only its own id may be here'),
    media_attributes: manyOf(mediaAttributes, 20).optional(),
  }),
  output: statusEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const { id } = viewer.account;
    const post = await seenPost(deps, params.id, id);
    const media = body.media_attributes?.find((one) => 'video' in post && one.id === post.video.id);
    const about = {
      contentWarning: body.spoiler_text,
      sensitive: body.sensitive,
      language: body.language,
      mentions: await mentionsIn(deps, id, body.status),
    };
    if ('comment' in post && !fitsComment(body.status)) {
      throw new ApiError(
        'validation-failed',
        `A comment has 1 to ${commentLimits.maxCharacters} characters.`,
      );
    }
    const outcome = await deps.inTx(async (tx) => {
      if ('comment' in post) {
        return deps.comments.edit(tx, post.comment.id, id, { ...about, text: body.status });
      }
      const { altText } = post.video;
      const details = {
        ...about,
        caption: body.status,
        altText: body.description ?? media?.description ?? altText,
      };
      if (media?.focus) {
        const edit = { videoId: post.video.id, accountId: id, posted: true };
        const described = await deps.videos.describeMedia(tx, { ...edit, focus: media.focus });
        if (!described.ok) return described;
      }
      return deps.videos.edit(tx, post.video.id, id, details);
    });
    if (!outcome.ok) throw refused(outcome);
    return againOf(deps, post, id);
  },
});

/** The files of a video that was deleted are given out no more. */
export function forgetMediaOf({ mediaAccess }: HttpDeps, { id, assets }: Video): void {
  const owners = new Set([id, ...assets.flatMap(({ key }) => parseMediaKey(key)?.ownerId ?? [])]);
  for (const owner of owners) mediaAccess.forget(owner);
}

export const deleteStatus = route({
  method: 'delete',
  path: '/api/v1/statuses/:id',
  summary: 'Delete one of your own posts, or a comment on one of your videos, here and elsewhere.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params: statusParams,
  output: statusEntity,
  handler: async ({ deps, params, viewer }) => {
    const { account } = viewer;
    // Of one's own videos, those that nobody sees yet can be deleted, too.
    const own = await deps.videos.ofAuthor(params.id as VideoId, account.id);
    const post: Post = own ? { video: own } : await seenPost(deps, params.id, account.id);
    const entity = await postEntityOf(deps, post, account.id);
    if ('video' in post && 'share' in post && post.share) {
      if (post.share.account.id !== account.id) throw new ApiError('not-found');
      await deps.inTx((tx) => deps.engagement.unshare(tx, account, post.video.id));
      return entity;
    }
    const outcome = await deps.inTx((tx) =>
      'video' in post
        ? deps.videos.remove(tx, post.video.id, account.id)
        : deps.comments.remove(tx, post.comment.id, account.id),
    );
    if (!outcome.ok) throw refused(outcome);
    if ('video' in post) forgetMediaOf(deps, post.video);
    return entity;
  },
});
