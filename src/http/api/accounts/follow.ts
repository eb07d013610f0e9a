import { z } from 'zod';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { relationshipEntityOf } from '../entities.ts';
import { accountParams, relationshipEntity } from '../schemas.ts';
import { shownHere } from './get-account.ts';

/** How the viewer stands to one account, in the API's shape. */
export async function relationshipTo(deps: HttpDeps, viewerId: AccountId, targetId: AccountId) {
  const [relationship] = await deps.social.relationships(viewerId, [targetId]);
  if (!relationship) throw new Error('A relationship was asked for and not given.');
  return relationshipEntityOf(relationship);
}

export const followAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/follow',
  summary: 'Follow an account. One of another server counts as requested until it accepts.',
  audience: 'signed-in',
  scope: 'write:follows',
  params: accountParams,
  output: relationshipEntity,
  handler: async ({ deps, params, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(params.id));
    const outcome = await deps.inTx((tx) => deps.social.follow(tx, viewer.account, target));
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

const MAX_RELATIONSHIPS = 80;

export const getRelationships = route({
  method: 'get',
  path: '/api/v1/accounts/relationships',
  summary: 'How the viewer stands to some accounts.',
  audience: 'signed-in',
  scope: 'read:follows',
  query: z.object({
    id: z.preprocess(
      (value) => (typeof value === 'string' ? [value] : value),
      z.array(idSchema<'account'>()).max(MAX_RELATIONSHIPS),
    ),
  }),
  output: z.array(relationshipEntity),
  handler: async ({ deps, query, viewer }) =>
    (await deps.social.relationships(viewer.account.id, query.id)).map(relationshipEntityOf),
});
