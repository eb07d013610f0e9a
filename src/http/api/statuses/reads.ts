import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import { merged } from '../../../lib/paging.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { type RouteInput, route } from '../../route.ts';
import { toAccount } from '../accounts/entities.ts';
import { shownHere } from '../accounts/get-account.ts';
import type { AccountEntity } from '../accounts/schemas.ts';
import { manyOf } from '../inputs.ts';
import { mediaEntityOf } from '../media/entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountEntity, accountParams, pageQuery, statusEntity, statusParams } from '../schemas.ts';
import { likeableOf, postEntitiesOf, seenPost } from './posts.ts';
import { statusEditEntity, statusSourceEntity } from './schemas.ts';

export const getStatuses = route({
  method: 'get',
  path: '/api/v1/statuses',
  summary: 'Several posts by their ids; those you may not see are left out.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: z.object({
    id: manyOf(z.string().max(19), apiLimits.maxPageItems).default([]),
  }),
  output: z.array(statusEntity),
  handler: async ({ deps, query, viewer }) => postEntitiesOf(deps, query.id, viewer?.account.id ?? null),
});

export const getStatusSource = route({
  method: 'get',
  path: '/api/v1/statuses/:id/source',
  summary: 'What you wrote in one of your own posts, to edit it.',
  audience: 'signed-in',
  scope: 'read:statuses',
  params: statusParams,
  output: statusSourceEntity,
  handler: async ({ deps, params, viewer }) => {
    const post = await seenPost(deps, params.id, viewer.account.id);
    const said = 'video' in post ? post.video : post.comment;
    if (said.accountId !== viewer.account.id) throw new ApiError('not-found');
    const text = 'video' in post ? post.video.caption : post.comment.text;
    return { id: said.id, text, spoiler_text: said.contentWarning };
  },
});

export const getStatusHistory = route({
  method: 'get',
  path: '/api/v1/statuses/:id/history',
  summary: 'What a post said before it was edited, and says now, oldest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: statusParams,
  output: z.array(statusEditEntity),
  handler: async ({ deps, params, viewer }) => {
    const post = await seenPost(deps, params.id, viewer?.account.id ?? null);
    const said = 'video' in post ? post.video : post.comment;
    const before =
      'video' in post
        ? await deps.videos.versionsOf(post.video.id)
        : await deps.comments.versionsOf(post.comment.id);
    const author = (await deps.accounts.byIds([said.accountId])).get(said.accountId);
    if (!author) throw new ApiError('not-found');
    const now = {
      contentHtml: 'video' in post ? post.video.captionHtml : post.comment.contentHtml,
      contentWarning: said.contentWarning,
      sensitive: said.sensitive,
      writtenAt: said.editedAt ?? said.publishedAt ?? new Date(0),
    };
    return [...before, now].map((version) => ({
      content: version.contentHtml,
      spoiler_text: version.contentWarning,
      sensitive: version.sensitive,
      created_at: version.writtenAt.toISOString(),
      account: toAccount(deps, author),
      ...{ poll: null, quote: null, emojis: [] },
      media_attachments: 'video' in post ? [mediaEntityOf(deps, post.video)] : [],
    }));
  },
});

type People = readonly { readonly id: string; readonly accountId: AccountId }[];
type ListInput = Pick<
  RouteInput<unknown, z.output<typeof pageQuery>, undefined, unknown>,
  'deps' | 'query' | 'req' | 'res'
>;

/** The people of a page as accounts, with the header by which it goes on. */
async function peopleOf({ deps, query, req, res }: ListInput, found: People): Promise<AccountEntity[]> {
  const rows = merged(pageOf(query), [found]);
  linkPages(req, res, deps.urls.origin, rows, query.limit);
  const people = await deps.accounts.byIds(rows.map(({ accountId }) => accountId));
  return rows.flatMap(({ accountId }) => {
    const account = people.get(accountId);
    return account ? [toAccount(deps, account)] : [];
  });
}

export const getFavouritedBy = route({
  method: 'get',
  path: '/api/v1/statuses/:id/favourited_by',
  summary: 'Who likes a post, newest first.',
  audience: 'anyone',
  scope: 'read:accounts',
  params: statusParams,
  query: pageQuery,
  output: z.array(accountEntity),
  handler: async (input) => {
    const { deps, params, query, viewer } = input;
    const viewerId = viewer?.account.id ?? null;
    const post = await seenPost(deps, params.id, viewerId);
    return peopleOf(input, await deps.engagement.likedBy(likeableOf(post), viewerId, pageOf(query)));
  },
});

export const getRebloggedBy = route({
  method: 'get',
  path: '/api/v1/statuses/:id/reblogged_by',
  summary: 'Who passed a video on, newest first.',
  audience: 'anyone',
  scope: 'read:accounts',
  params: statusParams,
  query: pageQuery,
  output: z.array(accountEntity),
  handler: async (input) => {
    const { deps, params, query, viewer } = input;
    const viewerId = viewer?.account.id ?? null;
    const post = await seenPost(deps, params.id, viewerId);
    if (!('video' in post)) return [];
    return peopleOf(input, await deps.engagement.sharedBy(post.video.id, viewerId, pageOf(query)));
  },
});

type Kept = Awaited<ReturnType<HttpDeps['engagement']['bookmarksOf']>>;

/** The posts of a list that is paged by something of its own. */
function keptPosts({ deps, query, req, res }: ListInput, viewerId: AccountId, kept: Kept) {
  linkPages(req, res, deps.urls.origin, kept, query.limit);
  const ids = kept.map((one) => ('videoId' in one ? one.videoId : one.commentId));
  return postEntitiesOf(deps, ids, viewerId);
}

export const getBookmarks = route({
  method: 'get',
  path: '/api/v1/bookmarks',
  summary: 'Posts that you keep, the last one first: all of them, or those of one folder.',
  audience: 'signed-in',
  scope: 'read:bookmarks',
  query: pageQuery.extend({
    folder_id: z
      .union([idSchema<'folder'>(), z.literal('none').transform(() => null)])
      .optional()
      .describe('Ours: of one of your folders, or `none` for what is in no folder'),
  }),
  output: z.array(statusEntity),
  handler: async (input) => {
    const { deps, query, viewer } = input;
    const { id } = viewer.account;
    return keptPosts(input, id, await deps.engagement.bookmarksOf(id, pageOf(query), query.folder_id));
  },
});

export const getFavourites = route({
  method: 'get',
  path: '/api/v1/favourites',
  summary: 'Posts that you like, the last one first.',
  audience: 'signed-in',
  scope: 'read:favourites',
  query: pageQuery,
  output: z.array(statusEntity),
  handler: async (input) => {
    const { deps, query, viewer } = input;
    const { id } = viewer.account;
    return keptPosts(input, id, await deps.engagement.favouritesOf(id, pageOf(query)));
  },
});

export const getShownLikes = route({
  method: 'get',
  path: '/api/v1/accounts/:id/likes',
  summary:
    'The public videos that an account of this server likes, the last one first. Empty where it does not show them.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: accountParams,
  query: pageQuery,
  output: z.array(statusEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    const viewerId = viewer?.account.id ?? null;
    if (account.id !== viewerId) {
      if (!account.showsLikes) return [];
      if (viewerId !== null && (await deps.social.isBlocking(account.id, viewerId))) return [];
    }
    const shown = await deps.engagement.shownLikesOf(account.id, viewerId, pageOf(query));
    linkPages(req, res, deps.urls.origin, shown, query.limit);
    const ids = shown.map(({ videoId }) => videoId);
    return postEntitiesOf(deps, ids, viewerId);
  },
});
