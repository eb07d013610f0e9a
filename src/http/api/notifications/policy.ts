import type { AccountId } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { policyBody, policyEntity } from './schemas.ts';

async function policyEntityOf(deps: HttpDeps, accountId: AccountId) {
  const [policy, pending] = await Promise.all([
    deps.notifications.policyOf(accountId),
    deps.notifications.pending(accountId),
  ]);
  return {
    for_not_following: policy.notFollowing,
    for_not_followers: policy.notFollowers,
    for_new_accounts: policy.newAccounts,
    for_private_mentions: policy.privateMentions,
    for_limited_accounts: policy.limitedAccounts,
    muted_types: [...policy.mutedTypes],
    summary: {
      pending_requests_count: pending.requests,
      pending_notifications_count: pending.notifications,
    },
  };
}

export const getPolicy = route({
  method: 'get',
  path: '/api/v2/notifications/policy',
  summary: 'Of whom, and of what, you want to hear.',
  audience: 'signed-in',
  scope: 'read:notifications',
  output: policyEntity,
  handler: ({ deps, viewer }) => policyEntityOf(deps, viewer.account.id),
});

export const changePolicy = route({
  method: 'patch',
  path: '/api/v2/notifications/policy',
  summary: 'Change of whom, and of what, you want to hear from now on.',
  audience: 'signed-in',
  scope: 'write:notifications',
  body: policyBody,
  output: policyEntity,
  handler: async ({ deps, body, viewer }) => {
    const { id } = viewer.account;
    await deps.inTx((tx) =>
      deps.notifications.setPolicy(tx, id, {
        notFollowing: body.for_not_following,
        notFollowers: body.for_not_followers,
        newAccounts: body.for_new_accounts,
        privateMentions: body.for_private_mentions,
        limitedAccounts: body.for_limited_accounts,
        mutedTypes: body.muted_types,
      }),
    );
    return policyEntityOf(deps, id);
  },
});
