import { z } from 'zod';
import { idSchema, parseId } from '../../../lib/ids.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { flag } from '../inputs.ts';
import { emptyEntity } from '../schemas.ts';
import { seenPost } from '../statuses/posts.ts';
import { filterParams, keyword, ownFilter } from './filters.ts';
import { filteredEntityOf, filterKeywordEntity, filterStatusEntity, keywordEntityOf } from './schemas.ts';

/** Words and posts of filters, one by one. */

const partParams = z.object({ id: idSchema<'filter-part'>() });
const words = z.object({ keyword, whole_word: flag.optional() });

export const listKeywords = route({
  method: 'get',
  path: '/api/v2/filters/:id/keywords',
  summary: 'The words of one of your filters.',
  audience: 'signed-in',
  scope: 'read:filters',
  params: filterParams,
  output: z.array(filterKeywordEntity),
  handler: async ({ deps, params, viewer }) =>
    (await ownFilter(deps, viewer.account.id, params.id)).keywords.map(keywordEntityOf),
});

export const addKeyword = route({
  method: 'post',
  path: '/api/v2/filters/:id/keywords',
  summary: 'Add a word to one of your filters.',
  audience: 'signed-in',
  scope: 'write:filters',
  params: filterParams,
  body: words,
  output: filterKeywordEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const added = { keyword: body.keyword, wholeWord: body.whole_word ?? false };
    const outcome = await deps.inTx((tx) => deps.filters.edit(tx, viewer.account.id, params.id, {}, [added]));
    if (!outcome.ok) throw refused(outcome);
    const made = outcome.filter.keywords.at(-1);
    if (!made) throw new ApiError('not-found');
    return keywordEntityOf(made);
  },
});

export const getKeyword = route({
  method: 'get',
  path: '/api/v2/filters/keywords/:id',
  summary: 'One word of one of your filters.',
  audience: 'signed-in',
  scope: 'read:filters',
  params: partParams,
  output: filterKeywordEntity,
  handler: async ({ deps, params, viewer }) => {
    const found = await deps.filters.keyword(viewer.account.id, params.id);
    if (!found) throw new ApiError('not-found');
    return keywordEntityOf(found.keyword);
  },
});

export const editKeyword = route({
  method: 'put',
  path: '/api/v2/filters/keywords/:id',
  summary: 'Change one word of one of your filters.',
  audience: 'signed-in',
  scope: 'write:filters',
  params: partParams,
  body: words,
  output: filterKeywordEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const found = await deps.filters.keyword(viewer.account.id, params.id);
    if (!found) throw new ApiError('not-found');
    const change = { id: params.id, keyword: body.keyword, wholeWord: body.whole_word };
    const outcome = await deps.inTx((tx) =>
      deps.filters.edit(tx, viewer.account.id, found.filter.id, {}, [change]),
    );
    if (!outcome.ok) throw refused(outcome);
    const wholeWord = body.whole_word ?? found.keyword.wholeWord;
    return keywordEntityOf({ id: params.id, keyword: body.keyword, wholeWord });
  },
});

export const deleteKeyword = route({
  method: 'delete',
  path: '/api/v2/filters/keywords/:id',
  summary: 'Take a word out of one of your filters.',
  audience: 'signed-in',
  scope: 'write:filters',
  params: partParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const found = await deps.filters.keyword(viewer.account.id, params.id);
    if (!found) throw new ApiError('not-found');
    const gone = [{ id: params.id, remove: true }];
    await deps.inTx((tx) => deps.filters.edit(tx, viewer.account.id, found.filter.id, {}, gone));
    return {};
  },
});

export const listFilteredStatuses = route({
  method: 'get',
  path: '/api/v2/filters/:id/statuses',
  summary: 'The posts that one of your filters names.',
  audience: 'signed-in',
  scope: 'read:filters',
  params: filterParams,
  output: z.array(filterStatusEntity),
  handler: async ({ deps, params, viewer }) =>
    (await ownFilter(deps, viewer.account.id, params.id)).statuses.map(filteredEntityOf),
});

export const addFilteredStatus = route({
  method: 'post',
  path: '/api/v2/filters/:id/statuses',
  summary: 'Have one of your filters name a post.',
  audience: 'signed-in',
  scope: 'write:filters',
  params: filterParams,
  body: z.object({
    status_id: z.string().refine((id) => parseId(id) !== null, 'This is not an id.'),
  }),
  output: filterStatusEntity,
  handler: async ({ deps, params, body, viewer }) => {
    await ownFilter(deps, viewer.account.id, params.id);
    await seenPost(deps, body.status_id, viewer.account.id);
    const outcome = await deps.inTx((tx) =>
      deps.filters.addStatus(tx, viewer.account.id, params.id, body.status_id),
    );
    if (!outcome.ok) throw refused(outcome);
    return filteredEntityOf(outcome.status);
  },
});

export const getFilteredStatus = route({
  method: 'get',
  path: '/api/v2/filters/statuses/:id',
  summary: 'One post that one of your filters names, by the id that it has there.',
  audience: 'signed-in',
  scope: 'read:filters',
  params: partParams,
  output: filterStatusEntity,
  handler: async ({ deps, params, viewer }) => {
    const found = await deps.filters.status(viewer.account.id, params.id);
    if (!found) throw new ApiError('not-found');
    return filteredEntityOf(found.status);
  },
});

export const deleteFilteredStatus = route({
  method: 'delete',
  path: '/api/v2/filters/statuses/:id',
  summary: 'Have one of your filters not name a post any more.',
  audience: 'signed-in',
  scope: 'write:filters',
  params: partParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const found = await deps.filters.status(viewer.account.id, params.id);
    if (!found) throw new ApiError('not-found');
    await deps.inTx((tx) => deps.filters.removeStatus(tx, viewer.account.id, found.filterId, params.id));
    return {};
  },
});
