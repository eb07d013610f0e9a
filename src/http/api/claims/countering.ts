import { z } from 'zod';
import { claimLimits } from '../../../../config/claim-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import type { Measure } from '../../../modules/moderation/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { measureOfLink, strikeOf } from '../measures/appeals.ts';
import { strikeEntity } from '../measures/entities.ts';
import { countryCode, said } from './filing.ts';

const newCounter = z.object({
  name: z.string().trim().min(1).max(claimLimits.maxNameCharacters),
  address: z.string().trim().min(1).max(claimLimits.maxAddressCharacters).describe('Postal'),
  country: countryCode,
  text: z.string().trim().min(1).max(claimLimits.maxTextCharacters).describe('Why the removal was wrong'),
  mistaken: said.describe('In good faith, under penalty of perjury: it was a mistake or a misidentification'),
  jurisdiction: said.describe('The claimant may sue where they live, and is told name and address'),
  signature: z.string().trim().min(1).max(claimLimits.maxNameCharacters),
});

async function counterAs(
  deps: HttpDeps,
  measure: Measure | null,
  { mistaken: _mistaken, jurisdiction: _jurisdiction, ...notice }: z.output<typeof newCounter>,
) {
  const told = measure === null ? undefined : (await deps.claims.toldAmong([measure.id])).get(measure.id);
  if (!measure || !told) throw new ApiError('not-found', 'That was not removed for a copyright claim.');
  const { id: claimId } = told.claim;
  const outcome = await deps.inTx((tx) =>
    deps.claims.counter(tx, { ...notice, claimId, accountId: measure.accountId }),
  );
  if (!outcome.ok) throw refused(outcome);
  return strikeOf(deps, await deps.measures.byId(measure.id));
}

export const counterStrike = route({
  method: 'post',
  path: '/api/v1/strikes/:id/counter_notice',
  summary: 'Answer to a copyright claim for which a video of yours was removed; once for each.',
  audience: 'signed-in',
  scope: 'write:accounts',
  whileFrozen: true,
  params: z.object({ id: idSchema<'measure'>() }),
  body: newCounter,
  output: strikeEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const measure = await deps.measures.byId(params.id);
    return counterAs(deps, measure?.accountId === viewer.account.id ? measure : null, body);
  },
});

export const counterDecision = route({
  method: 'post',
  path: '/api/v1/decisions/:token/counter_notice',
  summary: 'Answer to a copyright claim by the link that was mailed.',
  audience: 'anyone',
  scope: null,
  limit: { name: 'appeal-link', points: 30, seconds: 600 },
  params: z.object({ token: z.string().max(60) }),
  body: newCounter,
  output: strikeEntity,
  handler: async ({ deps, params, body }) => counterAs(deps, await measureOfLink(deps, params.token), body),
});
