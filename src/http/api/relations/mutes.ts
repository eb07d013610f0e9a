import { z } from 'zod';
import { socialLimits } from '../../../../config/limits.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { relationshipTo } from '../accounts/follow.ts';
import { shownHere } from '../accounts/get-account.ts';
import { relationshipEntity } from '../accounts/schemas.ts';
import { flag, text, whole } from '../inputs.ts';
import { accountParams } from '../schemas.ts';

const MAX_MUTE_SECONDS = 10 * 365 * 86_400;

export const muteAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/mute',
  summary:
    'Be shown nothing of an account in timelines, and unless said otherwise not be told of what it does.',
  audience: 'signed-in',
  scope: 'write:mutes',
  params: accountParams,
  body: z.object({
    notifications: flag.default(true),
    duration: whole(0, MAX_MUTE_SECONDS).default(0).describe('Seconds; 0: until you lift it'),
  }),
  output: relationshipEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(params.id));
    const outcome = await deps.inTx((tx) =>
      deps.social.mute(tx, {
        accountId: viewer.account.id,
        targetId: target.id,
        notifications: body.notifications,
        durationSeconds: body.duration,
      }),
    );
    if (!outcome.ok) throw refused(outcome);
    return relationshipTo(deps, viewer.account.id, target.id);
  },
});

export const unmuteAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/unmute',
  summary: 'Be shown an account again.',
  audience: 'signed-in',
  scope: 'write:mutes',
  params: accountParams,
  output: relationshipEntity,
  handler: async ({ deps, params, viewer }) => {
    // Also one that was suspended meanwhile.
    if (!(await deps.accounts.byId(params.id))) throw new ApiError('not-found');
    await deps.inTx((tx) => deps.social.unmute(tx, viewer.account.id, params.id));
    return relationshipTo(deps, viewer.account.id, params.id);
  },
});

export const noteAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/note',
  summary: 'Note something about an account, for yourself; nothing removes the note.',
  audience: 'signed-in',
  scope: 'write:accounts',
  params: accountParams,
  body: z.object({ comment: text(socialLimits.maxNoteCharacters).nullish() }),
  output: relationshipEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(params.id));
    await deps.inTx((tx) => deps.social.setNote(tx, viewer.account.id, target.id, body.comment ?? ''));
    return relationshipTo(deps, viewer.account.id, target.id);
  },
});

export const removeFollower = route({
  method: 'post',
  path: '/api/v1/accounts/:id/remove_from_followers',
  summary: 'Have an account not follow you any more. It may ask again.',
  audience: 'signed-in',
  scope: 'write:follows',
  params: accountParams,
  output: relationshipEntity,
  handler: async ({ deps, params, viewer }) => {
    const follower = await shownHere(deps, await deps.accounts.byId(params.id));
    const pair = { followerId: follower.id, targetId: viewer.account.id };
    await deps.inTx((tx) => deps.social.reject(tx, pair));
    return relationshipTo(deps, viewer.account.id, follower.id);
  },
});
