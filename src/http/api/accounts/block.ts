import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountParams, relationshipEntity } from '../schemas.ts';
import { relationshipTo } from './follow.ts';
import { shownHere } from './get-account.ts';

export const blockAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/block',
  summary: 'Block an account: neither of you follows or sees the other any more.',
  audience: 'signed-in',
  scope: 'write:blocks',
  params: accountParams,
  output: relationshipEntity,
  handler: async ({ deps, params, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(params.id));
    const outcome = await deps.inTx((tx) => deps.social.block(tx, viewer.account, target));
    if (!outcome.ok && outcome.reason !== 'known') throw refused(outcome);
    return relationshipTo(deps, viewer.account.id, target.id);
  },
});

export const unblockAccount = route({
  method: 'post',
  path: '/api/v1/accounts/:id/unblock',
  summary: 'Lift a block.',
  audience: 'signed-in',
  scope: 'write:blocks',
  params: accountParams,
  output: relationshipEntity,
  handler: async ({ deps, params, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(params.id));
    await deps.inTx((tx) => deps.social.unblock(tx, viewer.account, target));
    return relationshipTo(deps, viewer.account.id, target.id);
  },
});
