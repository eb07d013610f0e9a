import { z } from 'zod';
import { folderLimits } from '../../../../config/limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import type { Folder } from '../../../modules/folders/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { flag, text } from '../inputs.ts';
import { emptyEntity, statusParams } from '../schemas.ts';
import { likeableOf, seenPost } from '../statuses/posts.ts';

const folderParams = z.object({ id: idSchema<'folder'>() });
const title = text(folderLimits.maxTitleCharacters).pipe(z.string().min(1));

const folderEntity = z
  .object({
    id: z.string(),
    title: z.string(),
    is_default: z.boolean().describe('What is saved without naming a folder goes here'),
    posts_count: z.number(),
  })
  .meta({ id: 'BookmarkFolder' });

const placeEntity = z
  .object({
    bookmarked: z.boolean(),
    folder_id: z.string().nullable().describe('Null: in no folder, or not kept at all'),
  })
  .meta({ id: 'BookmarkPlace' });

const entityOf = ({ id, title, isDefault, count }: Folder) => ({
  ...{ id, title, is_default: isDefault, posts_count: count },
});

const listFolders = route({
  method: 'get',
  path: '/api/v1/bookmark_folders',
  summary: 'Your folders of bookmarks, oldest first. Nobody else can see them.',
  audience: 'signed-in',
  scope: 'read:bookmarks',
  output: z.array(folderEntity),
  handler: async ({ deps, viewer }) => (await deps.folders.all(viewer.account.id)).map(entityOf),
});

const createFolder = route({
  method: 'post',
  path: '/api/v1/bookmark_folders',
  summary: 'Make a folder for bookmarks.',
  audience: 'signed-in',
  scope: 'write:bookmarks',
  body: z.object({ title, is_default: flag.default(false) }),
  output: folderEntity,
  handler: async ({ deps, body, viewer }) => {
    const facts = { title: body.title, isDefault: body.is_default };
    const outcome = await deps.inTx((tx) => deps.folders.create(tx, viewer.account.id, facts));
    if (!outcome.ok) throw refused(outcome);
    return entityOf(outcome.folder);
  },
});

const editFolder = route({
  method: 'put',
  path: '/api/v1/bookmark_folders/:id',
  summary: 'Change one of your folders; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:bookmarks',
  params: folderParams,
  body: z.object({ title: title.optional(), is_default: flag.optional() }),
  output: folderEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const { id: ownerId } = viewer.account;
    const before = await deps.folders.one(ownerId, params.id);
    if (!before) throw new ApiError('not-found');
    const facts = { title: body.title ?? before.title, isDefault: body.is_default ?? before.isDefault };
    const edited = await deps.inTx((tx) => deps.folders.edit(tx, ownerId, params.id, facts));
    if (!edited) throw new ApiError('not-found');
    return entityOf({ ...before, ...facts });
  },
});

const deleteFolder = route({
  method: 'delete',
  path: '/api/v1/bookmark_folders/:id',
  summary: 'Remove one of your folders. What is in it stays among your bookmarks.',
  audience: 'signed-in',
  scope: 'write:bookmarks',
  params: folderParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const removed = await deps.inTx((tx) => deps.folders.remove(tx, viewer.account.id, params.id));
    if (!removed) throw new ApiError('not-found');
    return {};
  },
});

const getPlace = route({
  method: 'get',
  path: '/api/v1/statuses/:id/bookmark_folder',
  summary: 'Whether you keep a post, and in which folder.',
  audience: 'signed-in',
  scope: 'read:bookmarks',
  params: statusParams,
  output: placeEntity,
  handler: async ({ deps, params, viewer }) => {
    const post = await seenPost(deps, params.id, viewer.account.id);
    const folder = await deps.folders.folderOf(viewer.account.id, likeableOf(post));
    return { bookmarked: folder !== undefined, folder_id: folder ?? null };
  },
});

const putInFolder = route({
  method: 'put',
  path: '/api/v1/statuses/:id/bookmark_folder',
  summary: 'Keep a post in one of your folders, or in none: it is kept, and moved where it was in another.',
  audience: 'signed-in',
  scope: 'write:bookmarks',
  params: statusParams,
  body: z.object({ folder_id: idSchema<'folder'>().nullable() }),
  output: placeEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const { id: ownerId } = viewer.account;
    const post = likeableOf(await seenPost(deps, params.id, ownerId));
    const folder = body.folder_id === null ? null : await deps.folders.one(ownerId, body.folder_id);
    if (body.folder_id !== null && folder === null) throw new ApiError('not-found');
    const moved = await deps.inTx(async (tx) => {
      await deps.engagement.bookmark(tx, ownerId, post);
      return deps.folders.move(tx, ownerId, post, body.folder_id);
    });
    if (!moved) throw new ApiError('not-found');
    return { bookmarked: true, folder_id: body.folder_id };
  },
});

export const folderRoutes = [
  ...[listFolders, createFolder, editFolder, deleteFolder],
  ...[getPlace, putInFolder],
];
