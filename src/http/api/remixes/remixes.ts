import { z } from 'zod';
import { idSchema } from '../../../lib/ids.ts';
import { remixKinds } from '../../../modules/videos/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { emptyEntity, pageQuery, videoParams } from '../schemas.ts';
import { permissionOf } from '../sounds/entities.ts';
import { seenVideo, videoEntitiesOf } from '../videos/entities.ts';
import { videoEntity } from '../videos/schemas.ts';
import { remixPermissionEntity } from './schemas.ts';

export const listRemixes = route({
  method: 'get',
  path: '/api/v1/videos/:id/remixes',
  summary: 'Duets and stitches of a video, newest first, that its author allows; with one’s own that wait.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: videoParams,
  query: pageQuery,
  output: z.array(videoEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const viewerId = viewer?.account.id ?? null;
    const original = await seenVideo(deps, params.id, viewerId);
    const videos = await deps.videos.remixesOf(original.id, viewerId, pageOf(query));
    linkPages(req, res, deps.urls.origin, videos, query.limit);
    return videoEntitiesOf(deps, videos, viewerId);
  },
});

export const remixPermission = route({
  method: 'get',
  path: '/api/v1/videos/:id/remix_permission',
  summary: 'Whether you may make a duet or a stitch of a video, and where not, why.',
  audience: 'signed-in',
  scope: 'read:statuses',
  params: videoParams,
  output: remixPermissionEntity,
  handler: async ({ deps, params, viewer }) => {
    const video = await seenVideo(deps, params.id, viewer.account.id);
    const [duet, stitch] = await Promise.all(
      remixKinds.map((kind) => deps.remixes.mayRemix(viewer.account, video.id, kind)),
    );
    if (!duet || !stitch) throw new ApiError('not-found');
    const toPermission = (answer: typeof duet) => ({
      ...permissionOf(answer),
      asks: answer.ok && answer.asks,
    });
    return { duet: toPermission(duet), stitch: toPermission(stitch) };
  },
});

export const revokeRemix = route({
  method: 'delete',
  path: '/api/v1/videos/:id/remixes/:remix_id',
  summary:
    'Take back that somebody’s duet or stitch may show a video of yours. It is counted and listed no more, and names you no more; other servers are told.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params: videoParams.extend({ remix_id: idSchema<'video'>() }),
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const revoking = { accountId: viewer.account.id, originalId: params.id, videoId: params.remix_id };
    const outcome = await deps.inTx((tx) => deps.remixes.revoke(tx, revoking));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});
