import { z } from 'zod';
import { listLimits, packLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { shownHere } from '../accounts/get-account.ts';
import { accountEntity } from '../accounts/schemas.ts';
import { manyOf } from '../inputs.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountsInOrder } from '../relations/people.ts';
import { takingDown } from '../reports/taking-down.ts';
import { accountParams, emptyEntity, pageQuery } from '../schemas.ts';
import {
  description,
  packEntitiesOf,
  packEntity,
  packEntityOf,
  packParams,
  refusedMembers,
  shownPack,
  title,
} from './schemas.ts';

const listPacks = route({
  method: 'get',
  path: '/api/v1/packs',
  summary: 'Starter packs of people who want to be found, the newest first.',
  audience: 'anyone',
  scope: 'read:lists',
  query: pageQuery,
  output: z.array(packEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const viewerId = viewer?.account.id ?? null;
    const packs = await deps.packs.open(viewerId, pageOf(query));
    linkPages(req, res, deps.urls.origin, packs, query.limit);
    return packEntitiesOf(deps, packs, viewerId);
  },
});

const packsWithMe = route({
  method: 'get',
  path: '/api/v1/packs/with_me',
  summary: 'Starter packs that you are in, the newest first.',
  audience: 'signed-in',
  scope: 'read:lists',
  query: pageQuery,
  output: z.array(packEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const packs = await deps.packs.with(viewer.account.id, pageOf(query));
    linkPages(req, res, deps.urls.origin, packs, query.limit);
    return packEntitiesOf(deps, packs, viewer.account.id);
  },
});

const packsOf = route({
  method: 'get',
  path: '/api/v1/accounts/:id/packs',
  summary: 'Starter packs that an account made, the newest first.',
  audience: 'anyone',
  scope: 'read:lists',
  params: accountParams,
  query: pageQuery,
  output: z.array(packEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const owner = await shownHere(deps, await deps.accounts.byId(params.id));
    const viewerId = viewer?.account.id ?? null;
    const packs = await deps.packs.of(owner.id, viewerId, pageOf(query));
    linkPages(req, res, deps.urls.origin, packs, query.limit);
    return packEntitiesOf(deps, packs, viewerId);
  },
});

const getPack = route({
  method: 'get',
  path: '/api/v1/packs/:id',
  summary: 'One starter pack.',
  audience: 'anyone',
  scope: 'read:lists',
  params: packParams,
  output: packEntity,
  handler: ({ deps, params, viewer }) => packEntityOf(deps, params.id, viewer?.account.id ?? null),
});

const packMembers = route({
  method: 'get',
  path: '/api/v1/packs/:id/accounts',
  summary: `Everybody in a starter pack, at most ${packLimits.maxMembers}. Who does not want to be found is not shown.`,
  audience: 'anyone',
  scope: 'read:lists',
  params: packParams,
  output: z.array(accountEntity),
  handler: async ({ deps, params, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    const pack = await shownPack(deps, params.id, viewerId);
    const ids = (await deps.packs.membersOf([pack.id], viewerId)).get(pack.id) ?? [];
    return accountEntitiesOf(deps, await accountsInOrder(deps, ids));
  },
});

const createPack = route({
  method: 'post',
  path: '/api/v1/packs',
  summary: 'Make a starter pack, for everybody.',
  audience: 'signed-in',
  scope: 'write:lists',
  body: z.object({ title, description: description.default('') }),
  output: packEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.packs.create(tx, viewer.account.id, body));
    if (!outcome.ok) throw refused(outcome);
    return packEntityOf(deps, outcome.pack.id, viewer.account.id);
  },
});

const editPack = route({
  method: 'put',
  path: '/api/v1/packs/:id',
  summary: 'Change what one of your starter packs is called; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: packParams,
  body: z.object({ title: title.optional(), description: description.optional() }),
  output: packEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const before = await shownPack(deps, params.id, viewer.account.id);
    const facts = {
      title: body.title ?? before.title,
      description: body.description ?? before.description,
    };
    const edited = await deps.inTx((tx) => deps.packs.edit(tx, viewer.account.id, params.id, facts));
    if (!edited.ok) throw refused(edited);
    return packEntityOf(deps, params.id, viewer.account.id);
  },
});

const deletePack = route({
  method: 'delete',
  path: '/api/v1/packs/:id',
  summary: 'Remove one of your starter packs. Nobody is unfollowed.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: packParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    if (!(await deps.inTx((tx) => deps.packs.remove(tx, viewer.account.id, params.id)))) {
      throw new ApiError('not-found');
    }
    return {};
  },
});

const named = z.object({ account_ids: manyOf(idSchema<'account'>(), listLimits.maxAccountsPerRequest) });

const addToPack = route({
  method: 'post',
  path: '/api/v1/packs/:id/accounts',
  summary:
    'Put accounts into one of your starter packs: those that want to be found and did not leave it. People of this server are told.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: packParams,
  body: named,
  output: z.object({ pack: packEntity, refused: refusedMembers }).meta({ id: 'PackChange' }),
  handler: async ({ deps, params, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.packs.add(tx, viewer.account.id, params.id, body.account_ids),
    );
    if (!outcome.ok) throw refused(outcome);
    return {
      pack: await packEntityOf(deps, params.id, viewer.account.id),
      refused: outcome.refused.map(({ accountId, reason }) => ({ account: accountId, reason })),
    };
  },
});

const takeFromPack = route({
  method: 'delete',
  path: '/api/v1/packs/:id/accounts',
  summary: 'Take accounts out of one of your starter packs. They are named in the query or in the body.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: packParams,
  query: named.partial(),
  body: named.partial(),
  output: packEntity,
  handler: async ({ deps, params, query, body, viewer }) => {
    const ids = query.account_ids ?? body.account_ids ?? [];
    const taken = await deps.inTx((tx) => deps.packs.take(tx, viewer.account.id, params.id, ids));
    if (!taken) throw new ApiError('not-found');
    return packEntityOf(deps, params.id, viewer.account.id);
  },
});

const leavePack = route({
  method: 'post',
  path: '/api/v1/packs/:id/leave',
  summary: 'Be in a starter pack no more. Nobody can put you in again.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: packParams,
  output: packEntity,
  handler: async ({ deps, params, viewer }) => {
    await shownPack(deps, params.id, viewer.account.id);
    if (!(await deps.inTx((tx) => deps.packs.leave(tx, viewer.account.id, params.id)))) {
      throw new ApiError('not-found', 'You are not in this starter pack.');
    }
    return packEntityOf(deps, params.id, viewer.account.id);
  },
});

const followed = z
  .object({
    followed: z.number().int().describe('Followed now, or before'),
    requested: z.number().int().describe('Asked, and not answered yet'),
    refused: z.number().int(),
  })
  .meta({ id: 'PackFollowed' });

/** Follows them one after the other in one transaction: all that can be followed are, whatever becomes of the others. */
async function followAll(
  deps: HttpDeps,
  follower: Parameters<HttpDeps['social']['follow']>[1],
  ids: readonly AccountId[],
): Promise<z.input<typeof followed>> {
  const told = { followed: 0, requested: 0, refused: 0 };
  const targets = await accountsInOrder(deps, ids);
  const known = await deps.social.relationships(follower.id, ids);
  const before = new Map(known.map((one) => [one.targetId, one]));
  await deps.inTx(async (tx) => {
    for (const target of targets) {
      const relation = before.get(target.id);
      if (relation?.following) told.followed += 1;
      else if (relation?.requested) told.requested += 1;
      else {
        const outcome = await deps.social.follow(tx, follower, target);
        if (!outcome.ok) told.refused += 1;
        else if (outcome.state === 'accepted') told.followed += 1;
        else told.requested += 1;
      }
    }
  });
  return told;
}

const followPack = route({
  method: 'post',
  path: '/api/v1/packs/:id/follow',
  summary: 'Follow everybody in a starter pack, or those of them that are named.',
  audience: 'signed-in',
  scope: 'write:follows',
  limit: { name: 'packs-follow', points: 20, seconds: 900 },
  params: packParams,
  body: named.partial(),
  output: followed,
  handler: async ({ deps, params, body, viewer }) => {
    const viewerId = viewer.account.id;
    const pack = await shownPack(deps, params.id, viewerId);
    const members = (await deps.packs.membersOf([pack.id], viewerId)).get(pack.id) ?? [];
    const wanted = members.filter((id) => id !== viewerId && (body.account_ids?.includes(id) ?? true));
    return followAll(deps, viewer.account, wanted);
  },
});

export const packs = {
  ...{ listPacks, packsWithMe, packsOf, getPack, packMembers, createPack, editPack, deletePack },
  ...{ addToPack, takeFromPack, leavePack, followPack },
  ...takingDown({
    ...{ path: '/api/v1/admin/packs/:id', noun: 'starter pack', params: packParams },
    act: ({ packs }, tx, by, input) => packs.setTakenDown(tx, by, input),
  }),
};
