import { z } from 'zod';
import { appealLimits } from '../../../../config/measure-limits.ts';
import { idSchema, type MeasureId } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Appeal, Measure } from '../../../modules/moderation/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { pageQuery } from '../schemas.ts';
import { measureEntitiesOf, measureEntity, strikeEntitiesOf, strikeEntity } from './entities.ts';

const said = z.object({ text: z.string().trim().min(1).max(appealLimits.maxCharacters) });
const strikeParams = z.object({ id: idSchema<'measure'>() });
const tokenParams = z.object({ token: z.string().max(60) });

export async function strikeOf(deps: HttpDeps, measure: Measure | null) {
  const [strike] = measure === null || measure.strike === null ? [] : await strikeEntitiesOf(deps, [measure]);
  if (!strike) throw new ApiError('not-found');
  return strike;
}

async function appealAs(deps: HttpDeps, measureId: MeasureId, accountId: Measure['accountId'], text: string) {
  const outcome = await deps.inTx((tx) => deps.measures.appeal(tx, { measureId, accountId, text }));
  if (!outcome.ok) throw refused(outcome);
  return strikeOf(deps, await deps.measures.byId(measureId));
}

export const listStrikes = route({
  method: 'get',
  path: '/api/v1/strikes',
  summary: 'What the staff decided about you and your posts, newest first, and why.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z.array(strikeEntity),
  handler: async ({ deps, viewer }) =>
    strikeEntitiesOf(deps, await deps.measures.strikesOf(viewer.account.id)),
});

export const appealStrike = route({
  method: 'post',
  path: '/api/v1/strikes/:id/appeal',
  summary: 'Appeal against a decision of the staff; once for each.',
  audience: 'signed-in',
  scope: 'write:accounts',
  whileFrozen: true,
  params: strikeParams,
  body: said,
  output: strikeEntity,
  handler: async ({ deps, params, body, viewer }) => appealAs(deps, params.id, viewer.account.id, body.text),
});

const linkLimit = { name: 'appeal-link', points: 30, seconds: 600 } as const;

export async function measureOfLink(deps: HttpDeps, token: string): Promise<Measure> {
  const id = deps.measures.measureOfToken(token);
  const measure = id === null ? null : await deps.measures.byId(id);
  if (!measure) throw new ApiError('not-found', 'This link leads nowhere. Open the whole link of the mail.');
  return measure;
}

export const readDecision = route({
  method: 'get',
  path: '/api/v1/decisions/:token',
  summary: 'One decision, by the link that was mailed: also for whoever is suspended and cannot sign in.',
  audience: 'anyone',
  scope: null,
  limit: linkLimit,
  params: tokenParams,
  output: strikeEntity,
  handler: async ({ deps, params }) => strikeOf(deps, await measureOfLink(deps, params.token)),
});

export const appealDecision = route({
  method: 'post',
  path: '/api/v1/decisions/:token/appeal',
  summary: 'Appeal by the link that was mailed.',
  audience: 'anyone',
  scope: null,
  limit: linkLimit,
  params: tokenParams,
  body: said,
  output: strikeEntity,
  handler: async ({ deps, params, body }) => {
    const measure = await measureOfLink(deps, params.token);
    return appealAs(deps, measure.id, measure.accountId, body.text);
  },
});

const adminAppealEntity = z
  .object({
    id: z.string(),
    text: z.string(),
    state: z.enum(['open', 'accepted', 'rejected']),
    answer: z.string(),
    created_at: z.string(),
    assigned_to: z.string().nullable().describe('Id of who of the staff is to look at it'),
    is_yours_to_decide: z.boolean().describe('False: it is about what you did yourself'),
    measure: measureEntity,
  })
  .meta({ id: 'AdminAppeal' });

async function appealsFor(deps: HttpDeps, viewerId: string, appeals: readonly Appeal[]) {
  const measures = await deps.measures.among(appeals.map(({ measureId }) => measureId));
  const written = await measureEntitiesOf(deps, measures);
  const byId = new Map(written.map((measure) => [measure.id, measure]));
  return appeals.flatMap((appeal) => {
    const measure = byId.get(appeal.measureId);
    if (!measure) return [];
    return [
      {
        ...{ id: appeal.id, text: appeal.text, state: appeal.state, answer: appeal.answer },
        created_at: appeal.createdAt.toISOString(),
        assigned_to: appeal.assignedToId,
        is_yours_to_decide: measure.by?.id !== viewerId || appeal.assignedToId === null,
        measure,
      },
    ];
  });
}

export const listAppeals = route({
  method: 'get',
  path: '/api/v1/admin/appeals',
  summary: 'What people say against decisions, newest first.',
  audience: 'staff',
  permission: 'reports',
  scope: 'admin:read:reports',
  query: pageQuery.extend({ state: z.enum(['open', 'accepted', 'rejected']).default('open') }),
  output: z.array(adminAppealEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const appeals = await deps.measures.appeals(query.state, pageOf(query));
    linkPages(req, res, deps.config.origin, appeals, query.limit);
    return appealsFor(deps, viewer.account.id, appeals);
  },
});

const decide = (verb: 'accept' | 'reject', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/appeals/:id/${verb}`,
    summary,
    audience: 'staff',
    permission: 'reports',
    scope: 'admin:write:reports',
    params: z.object({ id: idSchema<'appeal'>() }),
    body: z.object({
      text: z
        .string()
        .max(appealLimits.maxCharacters)
        .default('')
        .describe('The answer, as the person reads it'),
    }),
    output: adminAppealEntity,
    handler: async ({ deps, params, body, viewer }) => {
      const decision = { appealId: params.id, accept: verb === 'accept', answer: body.text };
      const outcome = await deps.inTx((tx) => deps.measures.decideAppeal(tx, actorOf(viewer), decision));
      if (!outcome.ok) throw refused(outcome);
      deps.mediaAccess.forgetAll();
      const appeal = await deps.measures.appealById(params.id);
      const [entity] = appeal ? await appealsFor(deps, viewer.account.id, [appeal]) : [];
      if (!entity) throw new ApiError('not-found');
      return entity;
    },
  });

export const appealRoutes = [
  ...[listStrikes, appealStrike, readDecision, appealDecision, listAppeals],
  decide('accept', 'Accept an appeal: what it is about is taken back.'),
  decide('reject', 'Reject an appeal: what it is about stays.'),
];
