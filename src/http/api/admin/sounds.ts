import { z } from 'zod';
import { apiLimits, videoLimits } from '../../../../config/limits.ts';
import { isoCountries } from '../../../lib/countries.ts';
import { idSchema, type SoundId } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { listedSoundActions } from '../../../modules/hashes/index.ts';
import { type StaffSound, soundActions, soundStandings } from '../../../modules/sounds/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { staffVideoEntitiesOf, staffVideoEntity } from '../measures/videos.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountEntity, emptyEntity, pageQuery, regionEntity } from '../schemas.ts';
import { rightsIn, toRights } from '../sounds/entities.ts';
import { rightsEntity, rightsForm } from '../sounds/schemas.ts';
import { staffSoundUsage, staffUsage } from '../sounds/usage.ts';

const forStaff = { audience: 'staff', permission: 'rules' } as const;
const params = z.object({ id: idSchema<'sound'>() });
const reason = z.string().trim().max(apiLimits.maxReasonCharacters);

const staffSoundEntity = z
  .object({
    id: z.string(),
    title: z.string().describe('Empty: it has no name, or what it is called is not for everybody'),
    url: z.string(),
    account: accountEntity.nullable().describe('Who posted it first'),
    video_id: z.string().nullable().describe('The video it was heard in first'),
    uses: z.number().describe('Public and unlisted videos with it'),
    muted: z.number().describe('Those of them that are played without their sound'),
    listable: z.boolean().describe('Whether it can be told from others'),
    rights: rightsEntity.nullable().describe('What its author, or the staff, says of the rights to it'),
    rule: z
      .object({
        action: z.enum(soundActions),
        reason: z.string().describe('As authors read it'),
        region: regionEntity.nullable(),
        created_at: z.string(),
      })
      .nullable()
      .describe('What was decided about this very sound: it counts before any list'),
    listed: z
      .object({ id: z.string(), action: z.enum(listedSoundActions), label: z.string() })
      .nullable()
      .describe('What is on the list of what must not be posted, and heard in it'),
    created_at: z.string(),
  })
  .meta({ id: 'AdminSound' });

async function entitiesOf(
  deps: HttpDeps,
  sounds: readonly StaffSound[],
): Promise<z.input<typeof staffSoundEntity>[]> {
  const authors = await deps.accounts.byIds([...new Set(sounds.flatMap(({ authorId }) => authorId ?? []))]);
  const people = [...authors.values()];
  const written = await accountEntitiesOf(deps, people);
  const byId = new Map(people.map(({ id }, place) => [id, written[place] ?? null]));
  return sounds.map(
    ({ id, title, authorId, originalId, uses, muted, isTellable, rights, rule, listed, createdAt }) => ({
      ...{ id, title, url: deps.urls.soundPage(id), uses, muted, listable: isTellable, listed },
      account: (authorId && byId.get(authorId)) ?? null,
      video_id: originalId,
      rights: rights && toRights(rights),
      rule: rule && {
        action: rule.action,
        reason: rule.reason,
        region: rule.region,
        created_at: rule.createdAt.toISOString(),
      },
      created_at: createdAt.toISOString(),
    }),
  );
}

async function one(deps: HttpDeps, id: SoundId) {
  const sound = await deps.sounds.forStaffById(id);
  const [entity] = sound ? await entitiesOf(deps, [sound]) : [];
  if (!entity) throw new ApiError('not-found', 'There is no such sound here.');
  return entity;
}

export const listAdminSounds = route({
  method: 'get',
  path: '/api/v1/admin/sounds',
  summary:
    'Sounds of videos that were for everybody, and those that something was decided about, newest first.',
  ...forStaff,
  scope: 'admin:read',
  query: pageQuery.extend({
    q: z
      .string()
      .trim()
      .max(videoLimits.maxSoundTitleCharacters)
      .optional()
      .describe('A part of the name, or an id'),
    standing: z.enum(soundStandings).optional(),
  }),
  output: z.array(staffSoundEntity),
  handler: async ({ deps, query, req, res }) => {
    const sounds = await deps.sounds.forStaff({ q: query.q, standing: query.standing }, pageOf(query));
    linkPages(req, res, deps.urls.origin, sounds, query.limit);
    return entitiesOf(deps, sounds);
  },
});

export const getAdminSound = route({
  method: 'get',
  path: '/api/v1/admin/sounds/:id',
  summary: 'A sound with what was decided about it.',
  ...forStaff,
  scope: 'admin:read',
  params,
  output: staffSoundEntity,
  handler: ({ deps, params: { id } }) => one(deps, id),
});

export const listVideosOfSound = route({
  method: 'get',
  path: '/api/v1/admin/sounds/:id/videos',
  summary: 'Videos with a sound that were posted for everybody, newest first.',
  ...forStaff,
  scope: 'admin:read',
  params,
  query: pageQuery,
  output: z.array(staffVideoEntity),
  handler: async ({ deps, params: { id }, query, req, res }) => {
    await one(deps, id);
    const videos = await deps.measures.videos({ soundId: id }, pageOf(query));
    linkPages(req, res, deps.config.origin, videos, query.limit);
    return staffVideoEntitiesOf(deps, videos);
  },
});

export const setSoundRule = route({
  method: 'put',
  path: '/api/v1/admin/sounds/:id/rule',
  summary:
    'Decide about a sound: `mute` has its videos played without it; `refuse` does so as well, and takes no new ones; `allow` lets it through whatever is listed.',
  ...forStaff,
  scope: 'admin:write',
  params,
  body: z.object({
    action: z.enum(soundActions),
    reason: reason.default('').describe('As the authors of its videos read it'),
    region: z
      .object({ countries: isoCountries, except: z.boolean().default(false) })
      .nullish()
      .transform((region) => region ?? null)
      .describe(
        'With `mute` or `refuse`: in these countries, or (`except`) in all others, its videos are given without their sound, or not at all, and nobody makes one with it. Without, it holds everywhere',
      ),
  }),
  output: staffSoundEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.sounds.setRule(tx, actorOf(viewer), { soundId: id, ...body }),
    );
    if (!outcome.ok) throw refused(outcome);
    return one(deps, id);
  },
});

export const removeSoundRule = route({
  method: 'delete',
  path: '/api/v1/admin/sounds/:id/rule',
  summary: 'Take back what was decided about a sound: its videos are heard again, unless it is listed.',
  ...forStaff,
  scope: 'admin:write',
  params,
  query: z.object({ reason: reason.default('').describe('For the log') }),
  output: emptyEntity,
  handler: async ({ deps, params: { id }, query, viewer }) => {
    const input = { soundId: id, reason: query.reason };
    const outcome = await deps.inTx((tx) => deps.sounds.removeRule(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const setSoundRights = route({
  method: 'put',
  path: '/api/v1/admin/sounds/:id/rights',
  summary:
    'Say whose a sound is, and what may be done with it: its author changes it no more, until all of it is emptied.',
  ...forStaff,
  scope: 'admin:write',
  params,
  body: rightsForm.extend({ reason: reason.default('').describe('For the log') }),
  output: staffSoundEntity,
  handler: async ({ deps, params: { id }, body: { reason, ...said }, viewer }) => {
    const input = { soundId: id, rights: rightsIn(said), reason };
    const outcome = await deps.inTx((tx) => deps.sounds.setRights(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    return one(deps, id);
  },
});

export const soundRuleRoutes = [
  ...[staffUsage, staffSoundUsage],
  ...[listAdminSounds, getAdminSound, listVideosOfSound, setSoundRule, removeSoundRule, setSoundRights],
] as const;
