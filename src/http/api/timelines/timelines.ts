import { z } from 'zod';
import { route } from '../../route.ts';
import { shownHere } from '../accounts/get-account.ts';
import { statusEntitiesOf } from '../entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountParams, flagSchema, pageQuery, statusEntity } from '../schemas.ts';

const output = z.array(statusEntity);

export const homeTimeline = route({
  method: 'get',
  path: '/api/v1/timelines/home',
  summary: 'Videos of followed accounts and the viewer’s own, newest first.',
  audience: 'signed-in',
  scope: 'read:statuses',
  query: pageQuery,
  output,
  handler: async ({ deps, query, viewer, req, res }) => {
    const items = await deps.feed.home(viewer.account.id, pageOf(query));
    const statuses = await statusEntitiesOf(deps, items, viewer.account.id);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});

export const publicTimeline = route({
  method: 'get',
  path: '/api/v1/timelines/public',
  summary: 'Public videos known here, newest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: pageQuery.extend({ local: flagSchema.optional(), remote: flagSchema.optional() }),
  output,
  handler: async ({ deps, query, viewer, req, res }) => {
    const scope = query.local ? 'local' : query.remote ? 'remote' : 'all';
    const items = await deps.feed.public(viewer?.account.id ?? null, pageOf(query), scope);
    const statuses = await statusEntitiesOf(deps, items, viewer?.account.id ?? null);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});

export const accountTimeline = route({
  method: 'get',
  path: '/api/v1/accounts/:id/statuses',
  summary: 'Videos of one account, newest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: accountParams,
  query: pageQuery,
  output,
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    const items = await deps.feed.ofAccount(account.id, viewer?.account.id ?? null, pageOf(query));
    const statuses = await statusEntitiesOf(deps, items, viewer?.account.id ?? null);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});
