import { z } from 'zod';
import { claimLimits } from '../../../../config/claim-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf, type Viewer } from '../../../modules/auth/index.ts';
import { type ClaimId, claimStates, soundPolicies, vias } from '../../../modules/claims/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { flagSchema, pageQuery } from '../schemas.ts';
import { staffClaimDetail, staffClaimDetailOf, staffClaimEntitiesOf, staffClaimEntity } from './entities.ts';

const reading = { audience: 'staff', permission: 'reports', scope: 'admin:read:reports' } as const;
const writing = { audience: 'staff', permission: 'reports', scope: 'admin:write:reports' } as const;
const params = z.object({ id: idSchema<'claim'>() });
const answer = z
  .string()
  .trim()
  .max(claimLimits.maxTextCharacters)
  .default('')
  .describe('Why, as the claimant reads it');

async function claimOf(deps: HttpDeps, id: ClaimId) {
  const claim = await deps.claims.byId(id);
  if (!claim) throw new ApiError('not-found');
  return claim;
}

export const listClaims = route({
  method: 'get',
  path: '/api/v1/admin/claims',
  summary: 'Copyright claims, newest first.',
  ...reading,
  query: pageQuery.extend({
    state: z.enum(claimStates).optional().describe('All that were confirmed, where it is left out'),
    q: z.string().trim().max(200).optional().describe('Part of a name, an organisation or an e-mail address'),
    account_id: idSchema<'account'>().optional().describe('Claims against videos of this account'),
  }),
  output: z.array(staffClaimEntity),
  handler: async ({ deps, query, req, res }) => {
    const { state, q, account_id: accountId } = query;
    const claims = await deps.claims.list({ state, q, accountId }, pageOf(query));
    linkPages(req, res, deps.config.origin, claims, query.limit);
    return staffClaimEntitiesOf(deps, claims);
  },
});

export const getClaim = route({
  method: 'get',
  path: '/api/v1/admin/claims/:id',
  summary: 'A claim with its videos, the history of claimant and uploaders, and counter-notices.',
  ...reading,
  params,
  output: staffClaimDetail,
  handler: async ({ deps, params }) => staffClaimDetailOf(deps, await claimOf(deps, params.id)),
});

export const previewClaim = route({
  method: 'get',
  path: '/api/v1/admin/claims/:id/preview',
  summary:
    'What upholding a claim removes or mutes besides the claimed videos: copies, remixes, and what was made with their sound, on this server.',
  ...reading,
  limit: { name: 'claim-preview', points: 60, seconds: 60 },
  params,
  output: z.object({
    videos: z.array(
      z.object({ id: z.string(), url: z.string(), via: z.enum(vias), via_video_id: z.string() }),
    ),
    complete: z
      .boolean()
      .describe(
        'False: there may be more, since not all could be looked for in the time there is, or there are too many',
      ),
  }),
  handler: async ({ deps, params }) => {
    const { id } = await claimOf(deps, params.id);
    const videos = (await deps.claims.videosAmong([id])).get(id) ?? [];
    const claimed = videos.filter(({ via }) => via === 'claimed').map(({ videoId }) => videoId);
    const signal = AbortSignal.timeout(claimLimits.previewMs);
    const preview = await deps.claims.preview(claimed, signal);
    return {
      videos: preview.videos.map(({ videoId, url, via, viaVideoId }) => ({
        ...{ id: videoId, url, via, via_video_id: viaVideoId },
      })),
      complete: preview.isComplete,
    };
  },
});

export const upholdClaim = route({
  method: 'post',
  path: '/api/v1/admin/claims/:id/uphold',
  summary:
    'Uphold a claim: its videos are removed, with copies and remixes of them, and what was made with their sound is muted. One that was restored is upheld again.',
  ...writing,
  params,
  body: z.object({
    text: answer,
    keep_away: flagSchema
      .default(false)
      .describe('Whether to put the videos on the list of what must not be uploaded'),
    sounds: z
      .enum(soundPolicies)
      .default('mute')
      .describe(
        'What becomes of videos that were made with the sound of a claimed one, where that is its original: they are muted, removed, or kept as they are',
      ),
  }),
  output: staffClaimDetail,
  handler: async ({ deps, params, body, viewer }) => {
    const input = { claimId: params.id, answer: body.text, keepAway: body.keep_away, sounds: body.sounds };
    const outcome = await deps.inTx((tx) => deps.claims.uphold(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    return after(deps, params.id);
  },
});

async function after(deps: HttpDeps, id: ClaimId) {
  deps.mediaAccess.forgetAll();
  return staffClaimDetailOf(deps, await claimOf(deps, id));
}

const decision = (verb: 'reject' | 'reopen' | 'restore', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/claims/:id/${verb}`,
    summary,
    ...writing,
    params,
    body: z.object({ text: answer }),
    output: staffClaimDetail,
    handler: async ({ deps, params, body, viewer }) => {
      const input = { claimId: params.id, answer: body.text };
      const outcome = await deps.inTx((tx) => deps.claims[verb](tx, actorOf(viewer), input));
      if (!outcome.ok) throw refused(outcome);
      return after(deps, params.id);
    },
  });

async function decideCounter(
  deps: HttpDeps,
  viewer: Viewer,
  input: Parameters<HttpDeps['claims']['decideCounter']>[2],
) {
  const outcome = await deps.inTx((tx) => deps.claims.decideCounter(tx, actorOf(viewer), input));
  if (!outcome.ok) throw refused(outcome);
  const counter = await deps.claims.counterById(input.counterId);
  if (!counter) throw new ApiError('not-found');
  return after(deps, counter.claimId);
}

const counterDecision = (verb: 'accept' | 'reject', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/counter_notices/:id/${verb}`,
    summary,
    ...writing,
    params: z.object({ id: idSchema<'counter-notice'>() }),
    body: z.object({ text: answer }),
    output: staffClaimDetail,
    handler: ({ deps, params, body, viewer }) =>
      decideCounter(deps, viewer, {
        ...{ counterId: params.id, accept: verb === 'accept', answer: body.text },
      }),
  });

export const claimDecisions = [
  decision('reject', 'Reject a claim: the videos stay.'),
  decision('reopen', 'Take a rejection back: the claim is open again.'),
  decision('restore', 'Take an upheld claim back: all that was removed for it is seen again.'),
  counterDecision('accept', 'Accept a counter-notice: its videos are seen again at once.'),
  counterDecision('reject', 'Reject a counter-notice: its videos stay removed, or are again.'),
];
