import { z } from 'zod';
import { playlistLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema, type VideoId } from '../../../lib/ids.ts';
import { playlistVisibilities } from '../../../modules/playlists/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { shownHere } from '../accounts/get-account.ts';
import { statusEntitiesOf } from '../entities.ts';
import { manyOf, text, whole } from '../inputs.ts';
import { linkNext, linkPages, pageOf } from '../paging.ts';
import { takingDown } from '../reports/taking-down.ts';
import { accountParams, emptyEntity, pageQuery, statusEntity } from '../schemas.ts';
import { playlistEntitiesOf, playlistEntity, playlistEntityOf, seenPlaylist } from './entities.ts';

const playlistParams = z.object({ id: idSchema<'playlist'>() });
const itemParams = playlistParams.extend({ video_id: idSchema<'video'>() });
const videoIds = manyOf(idSchema<'video'>(), playlistLimits.maxVideosPerRequest);

const said = {
  title: text(playlistLimits.maxTitleCharacters).pipe(z.string().min(1)),
  description: text(playlistLimits.maxDescriptionCharacters),
  visibility: z.enum(playlistVisibilities),
};

/** Throws unless the viewer may see all of them: nobody finds out by a list of their own what there is. */
async function mustSee(deps: HttpDeps, ids: readonly VideoId[], viewerId: AccountId): Promise<void> {
  const seen = await deps.videos.forViewerAmong(ids, viewerId);
  if (ids.some((id) => !seen.has(id))) throw new ApiError('not-found');
}

const playlistsOf = route({
  method: 'get',
  path: '/api/v1/accounts/:id/playlists',
  summary: 'The playlists on the profile of an account, newest first. You see all of your own there.',
  audience: 'anyone',
  scope: 'read:lists',
  params: accountParams,
  query: pageQuery,
  output: z.array(playlistEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const viewerId = viewer?.account.id ?? null;
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    const playlists = await deps.playlists.ofAccount(account.id, viewerId, pageOf(query));
    linkPages(req, res, deps.urls.origin, playlists, query.limit);
    return playlistEntitiesOf(deps, playlists, viewerId);
  },
});

const ownPlaylists = route({
  method: 'get',
  path: '/api/v1/playlists',
  summary: 'All your playlists, the one changed last first, and whether a video is in each.',
  audience: 'signed-in',
  scope: 'read:lists',
  query: z.object({ video_id: idSchema<'video'>().optional() }),
  output: z.array(
    playlistEntity
      .extend({ has_video: z.boolean().describe('The video that `video_id` names is in it') })
      .meta({ id: 'OwnPlaylist' }),
  ),
  handler: async ({ deps, query, viewer }) => {
    const { id } = viewer.account;
    const { playlists, having } = await deps.playlists.ownedBy(id, query.video_id ?? null);
    const entities = await playlistEntitiesOf(deps, playlists, id);
    const ids = new Set<string>(having);
    return entities.map((entity) => ({ ...entity, has_video: ids.has(entity.id) }));
  },
});

const getPlaylist = route({
  method: 'get',
  path: '/api/v1/playlists/:id',
  summary: 'One playlist.',
  audience: 'anyone',
  scope: 'read:lists',
  params: playlistParams,
  output: playlistEntity,
  handler: async ({ deps, params, viewer }) => playlistEntityOf(deps, params.id, viewer?.account.id ?? null),
});

const createPlaylist = route({
  method: 'post',
  path: '/api/v1/playlists',
  summary: 'Make a playlist, with some videos in it at once where you like.',
  audience: 'signed-in',
  scope: 'write:lists',
  body: z.object({
    title: said.title,
    description: said.description.default(''),
    visibility: said.visibility.default('public'),
    video_ids: videoIds.default([]),
  }),
  output: playlistEntity,
  handler: async ({ deps, body, viewer }) => {
    const { id: ownerId } = viewer.account;
    const { video_ids, ...facts } = body;
    await mustSee(deps, video_ids, ownerId);
    const outcome = await deps.inTx(async (tx) => {
      const made = await deps.playlists.create(tx, ownerId, { ...facts, coverVideoId: null });
      if (!made.ok) return made;
      const added = await deps.playlists.add(tx, ownerId, made.id, video_ids);
      return added.ok ? made : added;
    });
    if (!outcome.ok) throw refused(outcome);
    return playlistEntityOf(deps, outcome.id, ownerId);
  },
});

const editPlaylist = route({
  method: 'put',
  path: '/api/v1/playlists/:id',
  summary: 'Change one of your playlists; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: playlistParams,
  body: z
    .object({
      ...said,
      cover_video_id: z
        .union([idSchema<'video'>(), z.null(), z.literal('').transform(() => null)])
        .describe('One of its videos, or null for the first one'),
    })
    .partial(),
  output: playlistEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const { id: ownerId } = viewer.account;
    const { cover_video_id: coverVideoId, ...facts } = body;
    const outcome = await deps.inTx((tx) =>
      deps.playlists.edit(tx, ownerId, params.id, { ...facts, coverVideoId }),
    );
    if (!outcome.ok) throw refused(outcome);
    return playlistEntityOf(deps, params.id, ownerId);
  },
});

const deletePlaylist = route({
  method: 'delete',
  path: '/api/v1/playlists/:id',
  summary: 'Remove one of your playlists. Its videos stay.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: playlistParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const removed = await deps.inTx((tx) => deps.playlists.remove(tx, viewer.account.id, params.id));
    if (!removed) throw new ApiError('not-found');
    return {};
  },
});

const playlistVideos = route({
  method: 'get',
  path: '/api/v1/playlists/:id/videos',
  summary: 'The videos of a playlist that you may see, in its order.',
  audience: 'anyone',
  scope: 'read:lists',
  params: playlistParams,
  query: z.object({
    cursor: whole(0, 2_147_483_647).optional(),
    limit: pageQuery.shape.limit,
  }),
  output: z.array(statusEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const viewerId = viewer?.account.id ?? null;
    const { id } = await seenPlaylist(deps, params.id, viewerId);
    const { cursor: after = null, limit } = query;
    const { videoIds: ids, next } = await deps.playlists.part(id, viewerId, { after, limit });
    if (next !== null) linkNext(req, res, deps.urls.origin, String(next));
    return statusEntitiesOf(deps, await deps.feed.inOrder(ids, viewerId), viewerId);
  },
});

const addToPlaylist = route({
  method: 'post',
  path: '/api/v1/playlists/:id/videos',
  summary: 'Put videos at the end of one of your playlists: all of them, or none.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: playlistParams,
  body: z.object({ video_ids: videoIds }),
  output: playlistEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const { id: ownerId } = viewer.account;
    await mustSee(deps, body.video_ids, ownerId);
    const outcome = await deps.inTx((tx) => deps.playlists.add(tx, ownerId, params.id, body.video_ids));
    if (!outcome.ok) throw refused(outcome);
    return playlistEntityOf(deps, params.id, ownerId);
  },
});

const takeFromPlaylist = route({
  method: 'delete',
  path: '/api/v1/playlists/:id/videos/:video_id',
  summary: 'Take a video out of one of your playlists.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: itemParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const { id, video_id } = params;
    const taken = await deps.inTx((tx) => deps.playlists.take(tx, viewer.account.id, id, video_id));
    if (!taken) throw new ApiError('not-found');
    return {};
  },
});

const moveInPlaylist = route({
  method: 'post',
  path: '/api/v1/playlists/:id/videos/:video_id/move',
  summary: 'Put a video of one of your playlists before another one of it, or at the end.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: itemParams,
  body: z.object({ before: idSchema<'video'>().nullable().describe('Null: at the end') }),
  output: emptyEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const { id, video_id: videoId } = params;
    const move = { videoId, beforeId: body.before };
    const outcome = await deps.inTx((tx) => deps.playlists.move(tx, viewer.account.id, id, move));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const playlistRoutes = [
  ...[playlistsOf, ownPlaylists, createPlaylist, getPlaylist, editPlaylist, deletePlaylist],
  ...[playlistVideos, addToPlaylist, takeFromPlaylist, moveInPlaylist],
  ...Object.values(
    takingDown({
      ...{ path: '/api/v1/admin/playlists/:id', noun: 'playlist', params: playlistParams },
      act: ({ playlists }, tx, by, input) => playlists.setTakenDown(tx, by, input),
    }),
  ),
];
