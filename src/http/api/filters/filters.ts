import { z } from 'zod';
import { filterLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import { type Filter, filterActions, filterContexts } from '../../../modules/filters/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { flag, manyOf, text, whole } from '../inputs.ts';
import { emptyEntity } from '../schemas.ts';
import { filterEntity, filterEntityOf } from './schemas.ts';

export const filterParams = z.object({ id: idSchema<'filter'>() });
export const keyword = text(filterLimits.maxKeywordCharacters).pipe(z.string().min(1));
export const contexts = manyOf(z.enum(filterContexts), 10)
  .transform((names) => [...new Set(names)])
  .refine((names) => names.length > 0, 'Say where it counts.');

/** Seconds from now; nothing: for ever. */
export const expiresIn = z.union([
  whole(0, 10 * 365 * 86_400),
  z.literal('').transform(() => null),
  z.null(),
]);

/** The moment that so many seconds stand for. */
export function momentOf(deps: HttpDeps, seconds: number | null): Date | null {
  return seconds === null || seconds === 0 ? null : new Date(deps.clock.now() + seconds * 1_000);
}

/** The filter, where it is the viewer's. */
export async function ownFilter(deps: HttpDeps, ownerId: AccountId, id: Filter['id']): Promise<Filter> {
  const filter = await deps.filters.one(ownerId, id);
  if (!filter) throw new ApiError('not-found');
  return filter;
}

/** Forms number what they send, and what they number is no list. */
const keywords = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : value,
  z
    .array(
      z
        .object({
          id: idSchema<'keyword'>().optional(),
          keyword: keyword.optional(),
          whole_word: flag.optional(),
          _destroy: flag.optional(),
        })
        .transform((one) => ({
          ...{ id: one.id, keyword: one.keyword, wholeWord: one.whole_word, remove: one._destroy },
        })),
    )
    .max(filterLimits.maxKeywords),
);

const title = text(filterLimits.maxTitleCharacters).pipe(z.string().min(1));
const action = z.enum(filterActions);

export const listFilters = route({
  method: 'get',
  path: '/api/v2/filters',
  summary: 'What you do not want to read, with the words and posts of each filter.',
  audience: 'signed-in',
  scope: 'read:filters',
  output: z.array(filterEntity),
  handler: async ({ deps, viewer }) => (await deps.filters.all(viewer.account.id)).map(filterEntityOf),
});

export const getFilter = route({
  method: 'get',
  path: '/api/v2/filters/:id',
  summary: 'One of your filters.',
  audience: 'signed-in',
  scope: 'read:filters',
  params: filterParams,
  output: filterEntity,
  handler: async ({ deps, params, viewer }) =>
    filterEntityOf(await ownFilter(deps, viewer.account.id, params.id)),
});

export const createFilter = route({
  method: 'post',
  path: '/api/v2/filters',
  summary: 'Say what you do not want to read, and what apps do about it.',
  audience: 'signed-in',
  scope: 'write:filters',
  body: z.object({
    title,
    context: contexts,
    filter_action: action.default('warn'),
    expires_in: expiresIn.optional(),
    keywords_attributes: keywords.default([]),
  }),
  output: filterEntity,
  handler: async ({ deps, body, viewer }) => {
    const facts = {
      ...{ title: body.title, contexts: body.context, action: body.filter_action },
      expiresAt: momentOf(deps, body.expires_in ?? null),
    };
    const outcome = await deps.inTx((tx) =>
      deps.filters.create(tx, viewer.account.id, facts, body.keywords_attributes),
    );
    if (!outcome.ok) throw refused(outcome);
    return filterEntityOf(outcome.filter);
  },
});

export const editFilter = route({
  method: 'put',
  path: '/api/v2/filters/:id',
  summary: 'Change one of your filters; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:filters',
  params: filterParams,
  body: z.object({
    title: title.optional(),
    context: contexts.optional(),
    filter_action: action.optional(),
    expires_in: expiresIn.optional(),
    keywords_attributes: keywords.default([]),
  }),
  output: filterEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const change = {
      ...{ title: body.title, contexts: body.context, action: body.filter_action },
      expiresAt: body.expires_in === undefined ? undefined : momentOf(deps, body.expires_in),
    };
    const outcome = await deps.inTx((tx) =>
      deps.filters.edit(tx, viewer.account.id, params.id, change, body.keywords_attributes),
    );
    if (!outcome.ok) throw refused(outcome);
    return filterEntityOf(outcome.filter);
  },
});

export const deleteFilter = route({
  method: 'delete',
  path: '/api/v2/filters/:id',
  summary: 'Remove one of your filters.',
  audience: 'signed-in',
  scope: 'write:filters',
  params: filterParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const removed = await deps.inTx((tx) => deps.filters.remove(tx, viewer.account.id, params.id));
    if (!removed) throw new ApiError('not-found');
    return {};
  },
});
