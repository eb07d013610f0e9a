import { z } from 'zod';
import { idSchema, type VideoId } from '../../../lib/ids.ts';
import type { RemixRequest } from '../../../modules/remixes/index.ts';
import { remixKinds } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { toAccount } from '../accounts/entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountEntity, emptyEntity, pageQuery } from '../schemas.ts';

/** Somebody asks an author whether a video may be part of one of theirs. */
const remixRequestEntity = z
  .object({
    id: z.string(),
    kind: z.enum(remixKinds),
    created_at: z.string(),
    caption: z.string().describe('What they write to it, as text'),
    account: accountEntity.describe('Who asks'),
    video_id: z.string().describe('The video of yours'),
    preview_url: z.string().nullable().describe('Where the duet or the stitch can be watched before'),
  })
  .meta({ id: 'RemixRequest' });

export const listRemixRequests = route({
  method: 'get',
  path: '/api/v1/remix_requests',
  summary: 'Duets and stitches of your videos that nobody sees until you say yes, the newest first.',
  audience: 'signed-in',
  scope: 'read:statuses',
  query: pageQuery,
  output: z.array(remixRequestEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const requests = await deps.remixes.requestsTo(viewer.account.id, pageOf(query));
    linkPages(req, res, deps.urls.origin, requests, query.limit);
    const [people, remixes] = await Promise.all([
      deps.accounts.byIds(requests.map(({ accountId }) => accountId)),
      previewsOf(deps, requests),
    ]);
    return requests.flatMap((one) => {
      const account = people.get(one.accountId);
      if (!account) return [];
      const { id, kind, caption, videoId } = one;
      return {
        ...{ id, kind, caption, created_at: one.createdAt.toISOString(), video_id: videoId },
        account: toAccount(deps, account),
        preview_url: (one.remixId === null ? null : remixes.get(one.remixId)) ?? one.previewUrl,
      };
    });
  },
});

/** Whoever is asked may watch what is here, too. */
async function previewsOf(
  { videos }: HttpDeps,
  requests: readonly RemixRequest[],
): Promise<Map<VideoId, string>> {
  const shown = await Promise.all(
    requests.flatMap(({ remixId }) => (remixId === null ? [] : videos.internal(remixId))),
  );
  return new Map(
    shown.flatMap((video) => {
      const mp4 = video?.assets.find(({ role }) => role === 'mp4');
      return video && mp4 ? [[video.id, videos.objectUrl(mp4.key, video)] as const] : [];
    }),
  );
}

const answerRequest = (verb: 'allow' | 'refuse') =>
  route({
    method: 'post',
    path: `/api/v1/remix_requests/:id/${verb}`,
    summary:
      verb === 'allow'
        ? 'Agree to a duet or a stitch of a video of yours: it is published then.'
        : 'Refuse a duet or a stitch of a video of yours: nobody sees it.',
    audience: 'signed-in',
    scope: 'write:statuses',
    params: z.object({ id: idSchema<'remix-request'>() }),
    output: emptyEntity,
    handler: async ({ deps, params, viewer }) => {
      const answer = { accountId: viewer.account.id, requestId: params.id, allow: verb === 'allow' };
      const outcome = await deps.inTx((tx) => deps.remixes.answerRequest(tx, answer));
      if (!outcome.ok) throw refused(outcome);
      return {};
    },
  });

export const allowRemix = answerRequest('allow');
export const refuseRemix = answerRequest('refuse');
