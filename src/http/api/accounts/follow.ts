import { z } from 'zod';
import { socialLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { flag, languageSchema, manyOf } from '../inputs.ts';
import { accountParams } from '../schemas.ts';
import { relationshipEntityOf } from './entities.ts';
import { shownHere } from './get-account.ts';
import { relationshipEntity } from './schemas.ts';

const MAX_LANGUAGES = 50;

/** How the viewer stands to one account, in the API's shape. */
export async function relationshipTo(deps: HttpDeps, viewerId: AccountId, targetId: AccountId) {
  const [relationship] = await deps.social.relationships(viewerId, [targetId]);
  if (!relationship) throw new Error('A relationship was asked for and not given.');
  return relationshipEntityOf(relationship);
}

export const followAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/follow',
  summary: 'Follow an account, or say anew how. One of another server counts as requested until it accepts.',
  audience: 'signed-in',
  scope: 'write:follows',
  params: accountParams,
  body: z.object({
    reblogs: flag.optional().describe('Whether its boosts are shown in the home timeline'),
    notify: flag.optional().describe('Whether each of its posts is told of'),
    languages: manyOf(languageSchema, MAX_LANGUAGES).optional().describe('Empty: all'),
    video_id: idSchema<'video'>()
      .optional()
      .describe(
        'A video of the account that made you follow it: it is counted for its author, and never with your name',
      ),
  }),
  output: relationshipEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(params.id));
    const { reblogs, notify, languages, video_id: videoId } = body;
    // Any other than one of the account that the viewer may see counts for nothing.
    const video = videoId && (await deps.videos.forViewer(videoId, viewer.account.id));
    const outcome = await deps.inTx(async (tx) => {
      const followed = await deps.social.follow(tx, viewer.account, target, undefined, video?.id);
      if (followed.ok) {
        const choice = { reblogs, notify, languages: languages?.length === 0 ? null : languages };
        await deps.social.choose(tx, { followerId: viewer.account.id, targetId: target.id }, choice);
      }
      return followed;
    });
    if (!outcome.ok) throw refused(outcome);
    return relationshipTo(deps, viewer.account.id, target.id);
  },
});

export const unfollowAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/unfollow',
  summary: 'Stop following an account, or take a request back.',
  audience: 'signed-in',
  scope: 'write:follows',
  params: accountParams,
  output: relationshipEntity,
  handler: async ({ deps, params, viewer }) => {
    await deps.inTx((tx) => deps.social.unfollow(tx, { followerId: viewer.account.id, targetId: params.id }));
    return relationshipTo(deps, viewer.account.id, params.id);
  },
});

export const getRelationships = route({
  method: 'get',
  path: '/api/v1/accounts/relationships',
  summary: 'How the viewer stands to some accounts.',
  audience: 'signed-in',
  scope: 'read:follows',
  query: z.object({
    id: manyOf(idSchema<'account'>(), socialLimits.maxAccountsAsked).default([]),
  }),
  output: z.array(relationshipEntity),
  handler: async ({ deps, query, viewer }) =>
    (await deps.social.relationships(viewer.account.id, query.id)).map(relationshipEntityOf),
});
