import { z } from 'zod';
import { idSchema } from '../../../lib/ids.ts';
import { type Filter, type FilterKeyword, filterContexts } from '../../../modules/filters/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { flag } from '../inputs.ts';
import { emptyEntity } from '../schemas.ts';
import { contexts, expiresIn, keyword, momentOf } from './filters.ts';

/** Filters as older apps know them: each is one word of one of today's. */

const params = z.object({ id: idSchema<'filter-part'>() });

const firstFilterEntity = z
  .object({
    id: z.string(),
    phrase: z.string(),
    context: z.array(z.enum(filterContexts)),
    whole_word: z.boolean(),
    expires_at: z.string().nullable(),
    irreversible: z.boolean(),
  })
  .meta({ id: 'FilterV1' });

function firstFilterOf(filter: Filter, { id, keyword: phrase, wholeWord }: FilterKeyword) {
  return {
    ...{ id, phrase, whole_word: wholeWord, context: [...filter.contexts] },
    expires_at: filter.expiresAt?.toISOString() ?? null,
    irreversible: filter.action === 'hide',
  };
}

async function ownWord(deps: HttpDeps, ownerId: Parameters<HttpDeps['filters']['keyword']>[0], id: string) {
  const found = await deps.filters.keyword(ownerId, id);
  if (!found) throw new ApiError('not-found');
  return found;
}

const body = z.object({
  phrase: keyword,
  context: contexts,
  irreversible: flag.default(false),
  whole_word: flag.default(false),
  expires_in: expiresIn.optional(),
});

export const listFirstFilters = route({
  method: 'get',
  path: '/api/v1/filters',
  summary: 'The words that you do not want to read, as older apps know filters.',
  audience: 'signed-in',
  scope: 'read:filters',
  output: z.array(firstFilterEntity),
  handler: async ({ deps, viewer }) =>
    (await deps.filters.all(viewer.account.id)).flatMap((filter) =>
      filter.keywords.map((word) => firstFilterOf(filter, word)),
    ),
});

export const getFirstFilter = route({
  method: 'get',
  path: '/api/v1/filters/:id',
  summary: 'One word that you do not want to read, as older apps know filters.',
  audience: 'signed-in',
  scope: 'read:filters',
  params,
  output: firstFilterEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const found = await ownWord(deps, viewer.account.id, id);
    return firstFilterOf(found.filter, found.keyword);
  },
});

export const createFirstFilter = route({
  method: 'post',
  path: '/api/v1/filters',
  summary: 'Say one word that you do not want to read, as older apps know filters.',
  audience: 'signed-in',
  scope: 'write:filters',
  body,
  output: firstFilterEntity,
  handler: async ({ deps, body: asked, viewer }) => {
    const facts = {
      ...{ title: asked.phrase, contexts: asked.context },
      action: asked.irreversible ? ('hide' as const) : ('warn' as const),
      expiresAt: momentOf(deps, asked.expires_in ?? null),
    };
    const words = [{ keyword: asked.phrase, wholeWord: asked.whole_word }];
    const outcome = await deps.inTx((tx) => deps.filters.create(tx, viewer.account.id, facts, words));
    if (!outcome.ok) throw refused(outcome);
    const [made] = outcome.filter.keywords;
    if (!made) throw new ApiError('not-found');
    return firstFilterOf(outcome.filter, made);
  },
});

export const editFirstFilter = route({
  method: 'put',
  path: '/api/v1/filters/:id',
  summary:
    'Change one word that you do not want to read. One that shares its filter with others can change alone only.',
  audience: 'signed-in',
  scope: 'write:filters',
  params,
  body,
  output: firstFilterEntity,
  handler: async ({ deps, params: { id }, body: asked, viewer }) => {
    const { filter } = await ownWord(deps, viewer.account.id, id);
    const isShared = filter.keywords.length > 1;
    const change = {
      ...(asked.expires_in === undefined ? {} : { expiresAt: momentOf(deps, asked.expires_in) }),
      ...{ contexts: asked.context, action: asked.irreversible ? ('hide' as const) : ('warn' as const) },
    };
    const words = [{ id, keyword: asked.phrase, wholeWord: asked.whole_word }];
    const outcome = await deps.inTx((tx) =>
      deps.filters.edit(tx, viewer.account.id, filter.id, isShared ? {} : change, words),
    );
    if (!outcome.ok) throw refused(outcome);
    const made = outcome.filter.keywords.find((word) => word.id === id);
    if (!made) throw new ApiError('not-found');
    return firstFilterOf(outcome.filter, made);
  },
});

export const deleteFirstFilter = route({
  method: 'delete',
  path: '/api/v1/filters/:id',
  summary: 'Remove one word that you do not want to read; a filter without words and posts goes with it.',
  audience: 'signed-in',
  scope: 'write:filters',
  params,
  output: emptyEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const { filter } = await ownWord(deps, viewer.account.id, id);
    const isLast = filter.keywords.length === 1 && filter.statuses.length === 0;
    await deps.inTx(async (tx) => {
      if (isLast) await deps.filters.remove(tx, viewer.account.id, filter.id);
      else await deps.filters.edit(tx, viewer.account.id, filter.id, {}, [{ id, remove: true }]);
    });
    return {};
  },
});
