import { z } from 'zod';
import { claimLimits } from '../../../../config/claim-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import type { Result } from '../../../lib/result.ts';
import type { Claim, ClaimId } from '../../../modules/claims/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, type Reason, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { claimEntity, claimEntityOf } from './entities.ts';

const { maxNameCharacters, maxAddressCharacters, maxTextCharacters, maxUrlCharacters } = claimLimits;
const name = z.string().trim().min(1).max(maxNameCharacters);
const address = z.url({ protocol: /^https?$/ }).max(maxUrlCharacters);
export const countryCode = z
  .string()
  .trim()
  .regex(/^[A-Za-z]{2}$/)
  .transform((code) => code.toUpperCase())
  .describe('ISO 3166-1, two letters');
export const said = z.literal(true);

const newClaim = z
  .object({
    name,
    email: z.email().max(254),
    organisation: z.string().trim().max(maxNameCharacters).default(''),
    address: z
      .string()
      .trim()
      .max(maxAddressCharacters)
      .default('')
      .describe('Postal; the law of the United States asks for it'),
    country: countryCode,
    acts_as: z
      .enum(['owner', 'agent'])
      .describe('Whether the rights are theirs, or they act for whose they are'),
    work: z.string().trim().min(1).max(maxTextCharacters),
    originals: z.array(address).max(claimLimits.maxOriginals).default([]),
    videos: z.array(address).min(1).max(claimLimits.maxVideos).describe('Addresses of the videos'),
    good_faith: said.describe('In good faith, the use is not allowed by the owner, an agent or the law'),
    accurate: said.describe('What is said is right; under penalty of perjury, they may act for the owner'),
    signature: name.describe('The full name, as a signature'),
  })
  .refine(({ country, address: postal }) => country !== 'US' || postal !== '', {
    path: ['address'],
    error: 'A notice under the law of the United States needs a postal address.',
  });

export const fileClaim = route({
  method: 'post',
  path: '/api/v1/claims',
  summary:
    'File a copyright claim. Where this server sends mail, it is looked at once the link in a mail was followed.',
  audience: 'anyone',
  scope: null,
  limit: { name: 'claim', points: 10, seconds: 3_600 },
  body: newClaim,
  output: claimEntity,
  handler: async ({ deps, body }) => {
    const { acts_as: actsAs, good_faith: _faith, accurate: _accurate, ...claim } = body;
    const outcome = await deps.inTx((tx) => deps.claims.file(tx, { ...claim, actsAs }));
    if (!outcome.ok) throw refused(outcome);
    const link = deps.mail.isOn ? null : deps.claims.linkOf(outcome.claim);
    return claimEntityOf(deps, outcome.claim, link);
  },
});

const limit = { name: 'claim-link', points: 60, seconds: 600 } as const;
const byLink = { audience: 'anyone', scope: null, limit } as const;
const params = z.object({ token: z.string().max(60) });

async function claimOfLink(deps: HttpDeps, token: string): Promise<Claim> {
  const id = deps.claims.claimOfToken(token);
  const claim = id === null ? null : await deps.claims.byId(id);
  if (!claim) throw new ApiError('not-found', 'This link leads nowhere. Open the whole link of the mail.');
  return claim;
}

export const readClaim = route({
  method: 'get',
  path: '/api/v1/claims/:token',
  summary: 'A claim, by the link that was mailed to whoever filed it.',
  ...byLink,
  params,
  output: claimEntity,
  handler: async ({ deps, params }) => claimEntityOf(deps, await claimOfLink(deps, params.token), null),
});

async function act(
  deps: HttpDeps,
  token: string,
  step: (id: ClaimId) => Promise<Result<object, Reason>>,
): Promise<z.input<typeof claimEntity>> {
  const { id } = await claimOfLink(deps, token);
  const outcome = await step(id);
  if (!outcome.ok) throw refused(outcome);
  deps.mediaAccess.forgetAll();
  return claimEntityOf(deps, await claimOfLink(deps, token), null);
}

export const confirmClaim = route({
  method: 'post',
  path: '/api/v1/claims/:token/confirm',
  summary: 'Show that the e-mail address is yours: then the staff sees the claim.',
  ...byLink,
  params,
  output: claimEntity,
  handler: ({ deps, params }) =>
    act(deps, params.token, (id) => deps.inTx((tx) => deps.claims.confirm(tx, id))),
});

export const withdrawClaim = route({
  method: 'post',
  path: '/api/v1/claims/:token/withdraw',
  summary: 'Withdraw a claim for good: what was removed for it is seen again.',
  ...byLink,
  params,
  output: claimEntity,
  handler: ({ deps, params }) =>
    act(deps, params.token, (id) => deps.inTx((tx) => deps.claims.withdraw(tx, id))),
});

export const claimToCourt = route({
  method: 'post',
  path: '/api/v1/claims/:token/court',
  summary:
    'Say that you have gone to court over a counter-notice: then the videos do not come back by themselves.',
  ...byLink,
  params,
  body: z.object({
    counter_notice_id: idSchema<'counter-notice'>(),
    court: z
      .string()
      .trim()
      .min(1)
      .max(maxTextCharacters)
      .describe('Which court, and the number of the case'),
  }),
  output: claimEntity,
  handler: ({ deps, params, body }) =>
    act(deps, params.token, (claimId) =>
      deps.inTx((tx) =>
        deps.claims.sue(tx, { claimId, counterId: body.counter_notice_id, court: body.court }),
      ),
    ),
});
