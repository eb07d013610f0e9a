import { z } from 'zod';
import { apiLimits, videoLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema, type SoundId } from '../../../lib/ids.ts';
import { ok } from '../../../lib/result.ts';
import type { Place } from '../../../modules/sounds/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { placeOf } from '../../place.ts';
import { route } from '../../route.ts';
import { statusEntitiesOf } from '../entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { pageQuery, statusEntity } from '../schemas.ts';
import { limitOf, offset } from '../trends/paging.ts';
import { rightsIn, soundEntitiesOf } from './entities.ts';
import { rightsForm, soundEntity } from './schemas.ts';

const params = z.object({ id: idSchema<'sound'>() });

async function soundOf(deps: HttpDeps, id: SoundId, viewerId: AccountId | null, place?: Place) {
  const [entity] = await soundEntitiesOf(deps, [id], viewerId, place);
  if (!entity) throw new ApiError('not-found', 'There is no such sound here.');
  return entity;
}

export const getSound = route({
  method: 'get',
  path: '/api/v1/sounds/:id',
  summary: 'A sound that videos share: there for whoever may see one of them.',
  audience: 'anyone',
  scope: 'read:statuses',
  params,
  output: soundEntity,
  handler: async ({ deps, params, viewer, req }) =>
    soundOf(deps, params.id, viewer?.account.id ?? null, placeOf(req, deps.config.regions)),
});

export const soundTimeline = route({
  method: 'get',
  path: '/api/v1/sounds/:id/statuses',
  summary: 'Public videos with a sound, newest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  params,
  query: pageQuery,
  output: z.array(statusEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const viewerId = viewer?.account.id ?? null;
    await soundOf(deps, params.id, viewerId);
    const items = await deps.feed.public(viewerId, pageOf(query), { scope: 'all', soundId: params.id });
    const statuses = await statusEntitiesOf(deps, items, viewerId);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});

export const changeSound = route({
  method: 'patch',
  path: '/api/v1/sounds/:id',
  summary: 'Name a sound that you posted first, and say whose it is.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params,
  body: z.object({
    title: z
      .string()
      .trim()
      .max(videoLimits.maxSoundTitleCharacters)
      .optional()
      .describe('Empty: it has no name'),
    rights: rightsForm.optional().describe('What is left out stays as it is'),
  }),
  output: soundEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const own = { accountId: viewer.account.id, soundId: params.id };
    const { title, rights } = body;
    await deps.inTx(async (tx) => {
      const named = title === undefined ? ok() : await deps.sounds.rename(tx, { ...own, title });
      if (!named.ok) throw refused(named);
      const said = rights ? await deps.sounds.sayRights(tx, { ...own, rights: rightsIn(rights) }) : ok();
      if (!said.ok) throw refused(said);
    });
    return soundOf(deps, params.id, viewer.account.id);
  },
});

const keeping = (verb: 'save' | 'unsave', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/sounds/:id/${verb}`,
    summary,
    audience: 'signed-in',
    scope: 'write:bookmarks',
    params,
    output: soundEntity,
    handler: async ({ deps, params, viewer }) => {
      const { id } = viewer.account;
      await soundOf(deps, params.id, id);
      await deps.inTx((tx) => deps.sounds[verb](tx, id, params.id));
      return soundOf(deps, params.id, id);
    },
  });

export const saveSound = keeping('save', 'Keep a sound for later.');
export const unsaveSound = keeping('unsave', 'Keep a sound no more.');

export const listSavedSounds = route({
  method: 'get',
  path: '/api/v1/sounds/saved',
  summary: 'Sounds that you keep, last kept first.',
  audience: 'signed-in',
  scope: 'read:bookmarks',
  query: pageQuery,
  output: z.array(soundEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const saved = await deps.sounds.savedBy(viewer.account.id, pageOf(query));
    linkPages(req, res, deps.urls.origin, saved, query.limit);
    return soundEntitiesOf(
      deps,
      saved.map(({ soundId }) => soundId),
      viewer.account.id,
    );
  },
});

export const findSounds = route({
  method: 'get',
  path: '/api/v1/sounds',
  summary: 'Sounds by a part of their name, most used first.',
  audience: 'anyone',
  scope: 'read:search',
  query: z.object({
    q: z.string().trim().min(1).max(videoLimits.maxSoundTitleCharacters),
    offset,
    limit: limitOf(apiLimits.defaultPageItems, apiLimits.maxPageItems),
  }),
  output: z.array(soundEntity),
  handler: async ({ deps, query, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    return soundEntitiesOf(deps, await deps.sounds.named(query.q, viewerId, query), viewerId);
  },
});
