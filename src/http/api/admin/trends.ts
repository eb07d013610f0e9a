import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import { trendSettings, trendUpkeep } from '../../../../config/trend-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { parseTag } from '../../../modules/tags/index.ts';
import { plainTag, type TrendDecision, type TrendSubject } from '../../../modules/trending/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { accountEntity } from '../accounts/schemas.ts';
import { emptyEntity, statusEntity } from '../schemas.ts';
import { postEntitiesOf } from '../statuses/posts.ts';
import { tagEntitiesOf, tagEntity } from '../tags/tags.ts';
import { limitOf, offset } from '../trends/paging.ts';

/** Trends as the Mastodon API has staff review them, with videos as statuses; creators and sounds in the same way. */

const staffRead = { audience: 'staff', permission: 'trends', scope: 'admin:read' } as const;
const staffWrite = { audience: 'staff', permission: 'trends', scope: 'admin:write' } as const;

/** What Mastodon says of one that is reviewed: whether it may trend, and whether somebody has to look. */
const reviewed = {
  trendable: z.boolean(),
  requires_review: z.boolean().describe('The brake holds it until somebody decides'),
  decision: z
    .object({
      standing: z.enum(['held', 'vetoed', 'approved', 'open']),
      reason: z.enum(['strangers', 'one-domain']).nullable().describe('Why the brake held it'),
      share: z.number().nullable().describe('The part of the last hour that strangers, or that domain, did'),
      domain: z.string().nullable(),
      note: z.string(),
      decided_by: z.string().nullable(),
      decided_at: z.string(),
    })
    .nullable(),
};

function reviewOf(decision: TrendDecision | undefined) {
  if (!decision) return { trendable: true, requires_review: false, decision: null };
  const { standing, reason, share, domain, note, decidedBy, decidedAt } = decision;
  return {
    trendable: standing !== 'held' && standing !== 'vetoed',
    requires_review: standing === 'held',
    decision: {
      ...{ standing, reason, share, domain, note },
      ...{ decided_by: decidedBy, decided_at: decidedAt.toISOString() },
    },
  };
}

const query = z.object({ offset, limit: limitOf(apiLimits.defaultPageItems, apiLimits.maxPageItems) });

/** What is held first, then what trends, whatever was decided, then what else was decided about: ids, with that decision. */
async function listed(deps: HttpDeps, of: TrendSubject['of'], page: z.output<typeof query>) {
  const { decisions, lists } = deps.trending;
  const [held, vetoed, approved] = await Promise.all(
    (['held', 'vetoed', 'approved'] as const).map(async (standing) =>
      (await decisions.list(standing, of)).map(({ id }) => id),
    ),
  );
  const best = await lists.unfiltered(of, {
    offset: 0,
    limit: page.offset + page.limit + (held?.length ?? 0),
  });
  const all = [held, best, vetoed, approved].flatMap((some) => some ?? []);
  const ids = [...new Set(all)].slice(page.offset, page.offset + page.limit);
  return { ids, decided: await decisions.about(of, ids) };
}

export const listTagTrends = route({
  method: 'get',
  path: '/api/v1/admin/trends/tags',
  summary: 'Hashtags that trend, those that are held first, with what was decided about them.',
  ...staffRead,
  query,
  output: z.array(tagEntity.extend(reviewed).meta({ id: 'AdminTag' })),
  handler: async ({ deps, query, viewer }) => {
    const { ids, decided } = await listed(deps, 'tags', query);
    const tags = await tagEntitiesOf(deps, ids, viewer.account.id);
    return tags.map((tag) => ({ ...tag, ...reviewOf(decided.get(tag.name)) }));
  },
});

export const listStatusTrends = route({
  method: 'get',
  path: '/api/v1/admin/trends/statuses',
  summary: 'Videos that trend, those that are held first, with what was decided about them.',
  ...staffRead,
  query,
  output: z.array(statusEntity.extend(reviewed).meta({ id: 'AdminTrendingStatus' })),
  handler: async ({ deps, query, viewer }) => {
    const { ids, decided } = await listed(deps, 'videos', query);
    const known = ids.map((id) => id as Parameters<typeof postEntitiesOf>[1][number]);
    const posts = await postEntitiesOf(deps, known, viewer.account.id);
    return posts.map((post) => ({ ...post, ...reviewOf(decided.get(post.id)) }));
  },
});

export const listCreatorTrends = route({
  method: 'get',
  path: '/api/v1/admin/trends/creators',
  summary: 'Accounts that trend, with what was decided about them.',
  ...staffRead,
  query,
  output: z.array(accountEntity.extend(reviewed).meta({ id: 'AdminTrendingAccount' })),
  handler: async ({ deps, query }) => {
    const { ids, decided } = await listed(deps, 'creators', query);
    const wanted = ids.flatMap((id) => idSchema<'account'>().safeParse(id).data ?? []);
    const byId = await deps.accounts.byIds(wanted);
    const accounts = await accountEntitiesOf(
      deps,
      wanted.flatMap((id) => byId.get(id) ?? []),
    );
    return accounts.map((account) => ({ ...account, ...reviewOf(decided.get(account.id)) }));
  },
});

export const listSoundTrends = route({
  method: 'get',
  path: '/api/v1/admin/trends/sounds',
  summary: 'Sounds that trend, with what was decided about them.',
  ...staffRead,
  query,
  output: z.array(z.object({ id: z.string(), ...reviewed }).meta({ id: 'AdminTrendingSound' })),
  handler: async ({ deps, query }) => {
    const { ids, decided } = await listed(deps, 'sounds', query);
    return ids.map((id) => ({ id, ...reviewOf(decided.get(id)) }));
  },
});

const verbs = {
  approve: { standing: 'approved', says: 'Let into trends, past the brake:' },
  reject: { standing: 'vetoed', says: 'Keep from trends for good, at once:' },
  hold: { standing: 'held', says: 'Keep from trends until somebody decides:' },
  release: { standing: 'open', says: 'Take back what was decided about' },
} as const;
type Verb = keyof typeof verbs;

const things = {
  tags: { of: 'tags', name: 'a hashtag' },
  statuses: { of: 'videos', name: 'a video' },
  creators: { of: 'creators', name: 'an account, with its videos' },
  sounds: { of: 'sounds', name: 'a sound' },
} as const;
type Thing = keyof typeof things;

/** The subject that an address names; throws where there is none. */
async function subjectOf(deps: HttpDeps, thing: Thing, id: string): Promise<TrendSubject> {
  const { of } = things[thing];
  if (of === 'tags') {
    const tag = parseTag(id);
    if (tag === null) throw new ApiError('not-found', 'This is no hashtag.');
    return { of, id: plainTag(tag) };
  }
  if (of === 'sounds') {
    // What a sound is, is known by what trends, and by what was decided.
    const { decisions, lists } = deps.trending;
    const trending = await lists.unfiltered(of, { offset: 0, limit: trendSettings.bounds.perBoard });
    const isKnown = trending.includes(id) || (await decisions.about(of, [id])).has(id);
    if (!isKnown) throw new ApiError('not-found');
    return { of, id };
  }
  if (of === 'creators') {
    const known = idSchema<'account'>().safeParse(id).data;
    if (!known || !(await deps.accounts.byIds([known])).has(known)) throw new ApiError('not-found');
    return { of, id: known };
  }
  const known = idSchema<'video'>().safeParse(id).data;
  // Whatever trends, anybody may see.
  if (!known || !(await deps.videos.forViewer(known, null))) throw new ApiError('not-found');
  return { of, id: known };
}

/** Hashtags are named, everything else has an id. */
const parameterOf = (thing: Thing) => (thing === 'tags' ? 'name' : 'id');

const decide = (thing: Thing, verb: Verb) =>
  route({
    method: 'post',
    path: `/api/v1/admin/trends/${thing}/:${parameterOf(thing)}/${verb}`,
    summary: `${verbs[verb].says} ${things[thing].name}.`,
    ...staffWrite,
    params: z.object({ [parameterOf(thing)]: z.string().min(1).max(200) }),
    body: z.object({ note: z.string().max(trendUpkeep.maxNoteCharacters).default('') }),
    output: emptyEntity,
    handler: async ({ deps, params, body, viewer }) => {
      const subject = await subjectOf(deps, thing, params[parameterOf(thing)] ?? '');
      const decision = { subject, standing: verbs[verb].standing, note: body.note };
      const outcome = await deps.inTx((tx) => deps.trending.decisions.decide(tx, actorOf(viewer), decision));
      if (!outcome.ok) throw refused(outcome);
      return {};
    },
  });

/** Every verb for every kind of thing. */
export const trendDecisions = (Object.keys(things) as Thing[]).flatMap((thing) =>
  (Object.keys(verbs) as Verb[]).map((verb) => decide(thing, verb)),
);

export const setTrendTrust = route({
  method: 'put',
  path: '/api/v1/admin/trends/trust/:domain',
  summary: 'Set how much people of a server count in trends, over what it earned. Everybody can read it.',
  ...staffWrite,
  params: z.object({ domain: z.string().trim().toLowerCase().min(1).max(253) }),
  body: z.object({
    trust: z.number().min(0).max(1).nullable().describe('null: what it earned counts again'),
    note: z.string().max(trendUpkeep.maxNoteCharacters).default(''),
  }),
  output: emptyEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const trust = { ...body, domain: params.domain };
    const outcome = await deps.inTx((tx) => deps.trending.decisions.setTrust(tx, actorOf(viewer), trust));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});
